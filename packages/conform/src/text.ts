/** Whether a character is a control character other than a tab and a line feed. */
export function isControl(character: string): boolean {
  return character < ' ' && character !== '\t' && character !== '\n'
}
