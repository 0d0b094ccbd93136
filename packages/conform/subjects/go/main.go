// As in the examples of ListenAndServe and Server.Shutdown of net/http.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"net/http"
	"os"
	"os/signal"
	"strconv"
	"syscall"
	"time"
)

func number(req *http.Request, name string) int {
	value, _ := strconv.Atoi(req.URL.Query().Get(name))
	return value
}

func main() {
	mux := http.NewServeMux()
	mux.HandleFunc("/", func(w http.ResponseWriter, req *http.Request) {
		if req.URL.Path != "/" {
			http.NotFound(w, req)
			return
		}
		io.WriteString(w, "Hello, world!\n")
	})
	mux.HandleFunc("/__conform/slow", func(w http.ResponseWriter, req *http.Request) {
		time.Sleep(time.Duration(number(req, "ms")) * time.Millisecond)
		io.WriteString(w, "slow")
	})
	mux.HandleFunc("/__conform/block", func(w http.ResponseWriter, req *http.Request) {
		end := time.Now().Add(time.Duration(number(req, "ms")) * time.Millisecond)
		for time.Now().Before(end) {
		}
		io.WriteString(w, "blocked")
	})
	mux.HandleFunc("/__conform/stream", func(w http.ResponseWriter, req *http.Request) {
		chunk := make([]byte, number(req, "bytes"))
		for left := number(req, "chunks"); left > 0; left-- {
			time.Sleep(time.Duration(number(req, "ms")) * time.Millisecond)
			if _, err := w.Write(chunk); err != nil {
				return
			}
			w.(http.Flusher).Flush()
		}
	})
	mux.HandleFunc("/__conform/echo", func(w http.ResponseWriter, req *http.Request) {
		body, err := io.ReadAll(req.Body)
		if err != nil {
			http.Error(w, "bad body", http.StatusBadRequest)
			return
		}
		w.Write(body)
	})
	mux.HandleFunc("/__conform/throw", func(w http.ResponseWriter, req *http.Request) {
		switch req.URL.Query().Get("kind") {
		case "late":
			go func() { panic(errors.New("conform-secret")) }()
			io.WriteString(w, "late")
			return
		case "after":
			io.WriteString(w, "some")
			w.(http.Flusher).Flush()
		}
		panic(errors.New("conform-secret"))
	})
	mux.HandleFunc("/__conform/header", func(w http.ResponseWriter, req *http.Request) {
		w.Header().Set("X-Value", req.URL.Query().Get("value"))
		io.WriteString(w, "header")
	})
	mux.HandleFunc("/__conform/client", func(w http.ResponseWriter, req *http.Request) {
		fmt.Fprintf(w, "%s %s %s", req.RemoteAddr, req.Host, req.URL)
	})
	mux.HandleFunc("/__conform/log", func(w http.ResponseWriter, req *http.Request) {
		fmt.Println("asked")
		io.WriteString(w, "logged")
	})
	mux.HandleFunc("/__conform/backing", func(w http.ResponseWriter, req *http.Request) {
		response, err := http.Get(os.Getenv("BACKING_URL"))
		if err != nil {
			http.Error(w, "no backing service", http.StatusBadGateway)
			return
		}
		defer response.Body.Close()
		io.Copy(w, response.Body)
	})

	srv := http.Server{Addr: ":" + os.Getenv("PORT"), Handler: mux}
	idleConnsClosed := make(chan struct{})
	go func() {
		sigint := make(chan os.Signal, 1)
		signal.Notify(sigint, os.Interrupt, syscall.SIGTERM)
		<-sigint
		if err := srv.Shutdown(context.Background()); err != nil {
			log.Printf("HTTP server Shutdown: %v", err)
		}
		close(idleConnsClosed)
	}()
	if err := srv.ListenAndServe(); err != http.ErrServerClosed {
		log.Fatalf("HTTP server ListenAndServe: %v", err)
	}
	<-idleConnsClosed
}
