/**
 * Rows as CSV (RFC 4180), safe to open in a spreadsheet. Pure.
 *
 * Names, images and labels are written by strangers, and a spreadsheet runs a cell that begins like a formula: such
 * text gets an apostrophe. So does what follows a sign at which spreadsheets of other countries begin a cell, quotes or
 * not. Figures are written as they are, unknown ones stay empty, times are UTC.
 * Not here: which rows and columns (export-rows), the file (export).
 *
 * @typedef {string | number | boolean | Date | null | undefined} CsvValue
 */

const FORMULA = /^(?=[\t\r]|\s*[=+\-@＝＋－＠])|(?<=[;\t\r\n])(?=[ ]*[=+\-@＝＋－＠])/g;
const QUOTED = /[",\r\n]/;

/** @param {CsvValue} value */
export function csvCell(value) {
  if (value === null || value === undefined) return "";
  if (typeof value === "number") return Number.isFinite(value) ? String(value) : "";
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? "" : value.toISOString();
  const text = String(value).replace(FORMULA, "'");
  return QUOTED.test(text) || text !== text.trim() ? `"${text.replaceAll('"', '""')}"` : text;
}

/** @param {string[]} head @param {Iterable<CsvValue[]>} rows */
export function csvText(head, rows) {
  const lines = [head, ...rows].map((row) => row.map(csvCell).join(","));
  return `${lines.join("\r\n")}\r\n`;
}
