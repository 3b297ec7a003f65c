// Tables as text, cells of which no spreadsheet takes for a formula; the same rules as in _csv_writing.py.

const FORMULA = /^'*[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]/;
const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/;

/** Rows of cells as a file: words, numbers or null. */
export function asTable(rows) {
  return rows.map((cells) => cells.map(cell).join(",")).join("\r\n") + "\r\n";
}

function cell(value) {
  if (value === null) return "";
  if (typeof value === "number") return String(value);
  const words = safe(value);
  return /[",\r\n]/.test(words) ? `"${words.replaceAll('"', '""')}"` : words;
}

/** Words that a spreadsheet would take for a formula get an apostrophe in front. */
function safe(words) {
  return FORMULA.test(words) && !NUMBER.test(words) ? `'${words}` : words;
}

/** The words of a cell without that apostrophe. */
export function plain(words) {
  return words.startsWith("'") && safe(words.slice(1)) === words ? words.slice(1) : words;
}

/** The rows of a file, each with the number of its first line and its cells; empty lines are left out. */
export function rowsOf(text) {
  const separator = [",", ";", "\t"].sort((a, b) => count(text, b) - count(text, a))[0];
  const rows = [];
  let [cells, words, isQuoted, number, start] = [[], "", false, 1, 1];
  const end = () => {
    cells.push(words.trim());
    if (cells.length > 1 || cells[0]) rows.push({ line: start, cells });
    [cells, words, start] = [[], "", number];
  };
  for (let i = text.startsWith("\ufeff") ? 1 : 0; i < text.length; i++) {
    const letter = text[i];
    if (letter === "\n") number++;
    if (isQuoted) {
      if (letter !== '"') words += letter;
      else if (text[i + 1] === '"') words += text[i++];
      else isQuoted = false;
    } else if (letter === '"' && words === "") isQuoted = true;
    else if (letter === separator) {
      cells.push(words.trim());
      words = "";
    } else if (letter === "\n") end();
    else if (letter !== "\r") words += letter;
  }
  end();
  return rows;
}

function count(text, separator) {
  return text.split("\n", 1)[0].split(separator).length;
}
