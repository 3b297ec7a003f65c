// Bytes that travel inside a page.

/** The bytes of base64 text. */
export function bytesOf(text) {
  const words = atob(text);
  const bytes = new Uint8Array(words.length);
  for (let i = 0; i < words.length; i++) bytes[i] = words.charCodeAt(i);
  return bytes.buffer;
}

/** Say in place of the explorer what went wrong. */
export function explain(host, error) {
  const words = document.createElement("p");
  words.textContent = `The explorer cannot start: ${error.message}`;
  host.replaceChildren(words);
}
