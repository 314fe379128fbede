/** `roleToAssume` as GitHub's inputs and outputs are written: `role-to-assume`. */
export function kebabCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}
