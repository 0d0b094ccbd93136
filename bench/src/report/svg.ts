/** One bar of a panel, with its label on the left and its value at the end. */
export interface Bar {
  readonly label: string
  /** `undefined` where there is no figure. */
  readonly value: number | undefined
  readonly shown: string
  readonly kind: 'own' | 'peer' | 'baseline' | 'context'
}

export interface Panel {
  readonly title: string
  readonly bars: readonly Bar[]
}

const width = 760
const margin = 20
const labelWidth = 138
const valueWidth = 104
const barHeight = 16
const step = 24
const panelHead = 46

/** Dark and light as the reader has it; both keep a contrast of 4.5 between text and ground. */
const style = `
  .ground { fill: #ffffff }
  text { font: 13px system-ui, -apple-system, 'Segoe UI', sans-serif; fill: #24292f; stroke: #ffffff; stroke-width: 4px; paint-order: stroke }
  .title { font-size: 14px; font-weight: 600 }
  .quiet { fill: #57606a }
  .strong { font-weight: 600 }
  .rule { stroke: #8c959f; stroke-dasharray: 3 3 }
  .axis { stroke: #d0d7de }
  .own { fill: #0a6ebd } .peer { fill: #a7b4c2 } .baseline { fill: #57606a } .context { fill: #d3cfe0 }
  .line { fill: none; stroke-width: 2.5 }
  .line-0 { stroke: #0a6ebd } .line-1 { stroke: #57606a } .line-2 { stroke: #b3540b }
  .dot-0 { fill: #0a6ebd } .dot-1 { fill: #57606a } .dot-2 { fill: #b3540b }
  @media (prefers-color-scheme: dark) {
    .ground { fill: #0d1117 }
    text { fill: #e6edf3; stroke: #0d1117 }
    .quiet { fill: #9aa4af }
    .axis { stroke: #30363d }
    .rule { stroke: #6e7681 }
    .own { fill: #4aa8ff } .peer { fill: #57646f } .baseline { fill: #aeb8c2 } .context { fill: #463f5c }
    .line-0 { stroke: #4aa8ff } .line-1 { stroke: #aeb8c2 } .line-2 { stroke: #f0a35e }
    .dot-0 { fill: #4aa8ff } .dot-1 { fill: #aeb8c2 } .dot-2 { fill: #f0a35e }
  }
`

/** Panels of bars, one above the other. A dashed line stands at the value of the baseline. */
export function barChart(title: string, description: string, panels: readonly Panel[]): string {
  let top = margin
  const drawn = panels.map((panel) => {
    const { svg, height } = drawPanel(panel, top)
    top += height
    return svg
  })
  return frame(title, description, top, drawn.join(''))
}

function drawPanel({ title, bars }: Panel, top: number): { svg: string; height: number } {
  const most = Math.max(...bars.map(({ value = 0 }) => value), Number.MIN_VALUE)
  const left = margin + labelWidth
  const scale = (width - left - margin - valueWidth) / most
  const first = top + panelHead - step
  const bottom = first + bars.length * step
  const lines = bars.map(({ label, value, shown, kind }, index) => {
    const y = first + index * step
    const middle = y + barHeight - 3.5
    const long = Math.max((value ?? 0) * scale, 1)
    const weight = kind === 'own' ? 'strong' : kind === 'context' ? 'quiet' : ''
    const bar =
      value === undefined
        ? ''
        : `<rect class="${kind}" x="${left}" y="${y}" width="${long.toFixed(1)}" height="${barHeight}" rx="2"/>`
    const end = value === undefined ? left : left + long
    const name = `<text class="${weight}" x="${left - 10}" y="${middle}" text-anchor="end">${escape(label)}</text>`
    const figure = `<text class="${weight || 'quiet'}" x="${(end + 8).toFixed(1)}" y="${middle}">${escape(shown)}</text>`
    return { bar, text: name + figure }
  })
  const baseline = bars.find(({ kind }) => kind === 'baseline')?.value
  const at = baseline === undefined ? undefined : (left + baseline * scale).toFixed(1)
  const rule =
    at === undefined
      ? ''
      : `<line class="rule" x1="${at}" x2="${at}" y1="${first - 4}" y2="${bottom - 4}"/>`
  const heading = `<text class="title" x="${margin}" y="${top + 8}">${escape(title)}</text>`
  const drawn = lines.map(({ bar }) => bar).join('')
  // The words stand before the rule, so that it cannot cross them out.
  const svg = `${heading}${drawn}${rule}${lines.map(({ text }) => text).join('')}\n`
  return { svg, height: panelHead - step + bars.length * step + 22 }
}

/** One line of a panel, over the amounts of its axis. */
export interface Line {
  readonly name: string
  readonly values: readonly (number | undefined)[]
}

export interface LinePanel {
  readonly title: string
  readonly amounts: readonly number[]
  readonly lines: readonly Line[]
}

const plotHeight = 150

/** Panels of lines, one above the other; the amounts stand at equal distances. */
export function lineChart(
  title: string,
  description: string,
  unit: string,
  panels: readonly LinePanel[],
): string {
  let top = margin
  const drawn = panels.map((panel) => {
    const svg = drawLines(panel, unit, top)
    top += plotHeight + 84
    return svg
  })
  return frame(title, description, top, drawn.join(''))
}

function drawLines({ title, amounts, lines }: LinePanel, unit: string, top: number): string {
  const most = niceAbove(
    Math.max(...lines.flatMap(({ values }) => values.map((value) => value ?? 0))),
  )
  const left = margin + 44
  const right = width - margin - 150
  const base = top + 30 + plotHeight
  const x = (index: number) => left + (index * (right - left)) / Math.max(amounts.length - 1, 1)
  const y = (value: number) => base - (value / most) * plotHeight
  const grid = [0, 0.5, 1].map((share) => {
    const at = y(share * most)
    return `<line class="axis" x1="${left}" x2="${right}" y1="${at}" y2="${at}"/><text class="quiet" x="${left - 8}" y="${at + 4}" text-anchor="end">${share * most}</text>`
  })
  const ticks = amounts.map(
    (amount, index) =>
      `<text class="quiet" x="${x(index).toFixed(1)}" y="${base + 20}" text-anchor="middle">${amount.toLocaleString('en-US')}</text>`,
  )
  const paths = lines.map(({ values }, index) => {
    const points = values.flatMap((value, at) => (value === undefined ? [] : [{ at, value }]))
    const path = points.map(({ at, value }) => `${x(at).toFixed(1)},${y(value).toFixed(1)}`)
    const dots = points.map(
      ({ at, value }) =>
        `<circle class="dot-${index}" cx="${x(at).toFixed(1)}" cy="${y(value).toFixed(1)}" r="4"/>`,
    )
    return `<polyline class="line line-${index}" points="${path.join(' ')}"/>${dots.join('')}`
  })
  // Names stand beside the ends of their lines, and never on one another.
  const ends = lines
    .map(({ name, values }, index) => ({
      name,
      index,
      at: y(values.findLast((v) => v !== undefined) ?? 0),
    }))
    .toSorted((a, b) => a.at - b.at)
  let lowest = -Infinity
  const names = ends.map(({ name, index, at }) => {
    lowest = Math.max(at + 4, lowest + 17)
    return `<circle class="dot-${index}" cx="${right + 16}" cy="${lowest - 4.5}" r="4"/><text x="${right + 26}" y="${lowest}">${escape(name)}</text>`
  })
  const heading = `<text class="title" x="${margin}" y="${top + 8}">${escape(title)}<tspan class="quiet" font-weight="400"> ${escape(unit)}</tspan></text>`
  return `${heading}${grid.join('')}${ticks.join('')}${paths.join('')}${names.join('')}\n`
}

/** The next of 1, 2, 4, 5 or 10 times a power of ten. */
function niceAbove(value: number): number {
  const power = 10 ** Math.floor(Math.log10(Math.max(value, 1e-9)))
  return power * ([1, 2, 4, 5, 10].find((factor) => factor * power >= value) ?? 10)
}

function frame(title: string, description: string, height: number, content: string): string {
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${Math.ceil(height)}" role="img" aria-labelledby="title description">
<title id="title">${escape(title)}</title>
<desc id="description">${escape(description)}</desc>
<style>${style}</style>
<rect class="ground" width="100%" height="100%" rx="6"/>
${content}</svg>
`
}

function escape(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}
