/** One proxy's statement about the connection that it was asked on. */
export type Forwarded = Readonly<Record<string, string>>

/** A parameter (RFC 7239 §4): a token, `=`, and a token or a quoted string. */
const parameter = /\s*([!#$%&'*+.^_`|~\w-]+)=(?:([!#$%&'*+.^_`|~\w-]+)|"((?:[^"\\]|\\.)*)")\s*/y

/**
 * Parses the header `Forwarded` (RFC 7239). The last element is of the proxy that is nearest.
 *
 * @returns `undefined` where it is not what the standard allows: then nothing in it is believed
 */
export function parseForwarded(header: string): readonly Forwarded[] | undefined {
  const elements: Record<string, string>[] = [{}]
  parameter.lastIndex = 0
  for (let end = 0; ;) {
    const [text, name, token, quoted] = parameter.exec(header) ?? []
    if (text === undefined) return undefined
    const element = elements.at(-1)!
    const key = name!.toLowerCase()
    if (Object.hasOwn(element, key)) return undefined
    element[key] = token ?? quoted!.replaceAll(/\\(.)/g, '$1')
    end += text.length
    if (end === header.length) return elements
    const separator = header[end]
    if (separator === ',') elements.push({})
    else if (separator !== ';') return undefined
    parameter.lastIndex = end += 1
  }
}
