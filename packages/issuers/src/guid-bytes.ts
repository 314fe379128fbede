/** The GUID that 22 characters of base64url stand for, in .NET's order of bytes; undefined for what is none. */
export function guidOfBase64(text: string): string | undefined {
  if (!/^[\w-]{22}$/.test(text)) return undefined;
  const bytes = [...atob(text.replaceAll('-', '+').replaceAll('_', '/'))].map((one) => one.charCodeAt(0));
  const hex = order.map((index) => (bytes[index] ?? 0).toString(16).padStart(2, '0')).join('');
  const guid = [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
  // The last character has four bits more than a GUID: they are zero.
  return base64OfGuid(guid) === text ? guid : undefined;
}

/** A GUID as 22 characters of base64url, in .NET's order of bytes. */
export function base64OfGuid(guid: string): string {
  const hex = guid.replaceAll('-', '');
  const bytes = order.map((index) => Number.parseInt(hex.slice(index * 2, index * 2 + 2), 16));
  return btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .slice(0, 22);
}

/** Where each byte goes: the first three groups are little-endian [.NET, `Guid.ToByteArray`]. It is its own inverse. */
const order = [3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15];
