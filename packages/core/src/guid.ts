/** Whether a text is a GUID: an id of Entra's, of Azure's or of Azure DevOps'. */
export function isGuid(text: string): boolean {
  return /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i.test(text);
}
