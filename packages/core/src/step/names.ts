/** `roleToAssume` as GitHub's inputs and outputs are written: `role-to-assume`. */
export function kebabCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

/** A text that cannot end its line and begin another, which a platform might take for a command. */
export function oneLine(text: string): string {
  return text.replace(/[\r\n\u2028\u2029]+/g, ' ');
}
