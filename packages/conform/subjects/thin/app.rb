# As in Sinatra's README.
require "net/http"
require "sinatra"

get "/" do
  "Hello world!"
end

get "/__conform/slow" do
  sleep params["ms"].to_f / 1000
  "slow"
end

get "/__conform/block" do
  stop = Process.clock_gettime(Process::CLOCK_MONOTONIC) + params["ms"].to_f / 1000
  nil while Process.clock_gettime(Process::CLOCK_MONOTONIC) < stop
  "blocked"
end

# A body that Rack asks for piece by piece.
class Pieces
  def initialize(count, pause, bytes, fault: false)
    @count, @pause, @bytes, @fault = count, pause, bytes, fault
  end

  def each
    @count.times do
      sleep @pause if @pause > 0
      yield "x" * @bytes
    end
    raise "conform-secret" if @fault
  end
end

get "/__conform/stream" do
  [200, {}, Pieces.new(params["chunks"].to_i, params["ms"].to_f / 1000, params["bytes"].to_i)]
end

post "/__conform/echo" do
  request.body.read
end

get "/__conform/throw" do
  if params["kind"] == "late"
    Thread.new { raise "conform-secret" }
    return "late"
  end
  return [200, {}, Pieces.new(1, 0, 4, fault: true)] if params["kind"] == "after"

  raise "conform-secret"
end

get "/__conform/header" do
  headers "X-Value" => params["value"]
  "header"
end

get "/__conform/client" do
  "#{request.ip} #{request.url}"
end

get "/__conform/log" do
  $stdout.puts "asked"
  "logged"
end

get "/__conform/backing" do
  Net::HTTP.get(URI(ENV.fetch("BACKING_URL")))
end
