// The answers as a file: CSV for tables, JSON for programs.
import { made } from "../made.js";
import { grounds, whyNone, worded } from "./answers.js";

const quoted = (value) => /[",\n]/.test(String(value)) ? `"${String(value).replaceAll('"', '""')}"` : String(value);

export function asJson(base, found, condition) {
  const reasons = (entry) => condition ? grounds(base, entry, condition).map((ground) => worded(base, entry, ground)) : [];
  const entries = found.map((entry) => ({ id: entry.id, name: entry.name, year: entry.year, family: entry.family, reasons: reasons(entry) }));
  const why = found.length || !condition ? {} : explained(base, condition);
  return JSON.stringify({ where: condition ? String(condition) : "", found: entries, ...why }, null, 2);
}

function explained(base, condition) {
  try {
    const { verdict, lines } = whyNone(base, condition);
    return { verdict, lines };
  } catch (error) { return { problem: error.message }; }
}

export function asCsv(base, found, condition) {
  const rows = JSON.parse(asJson(base, found, condition)).found.map(({ reasons, ...entry }) => [...Object.values(entry), reasons.join("; ")]);
  return [["id", "name", "year", "family", "reasons"], ...rows].map((row) => row.map((value) => quoted(value ?? "")).join(",")).join("\r\n") + "\r\n";
}

export function download(name, type, text) {
  const address = URL.createObjectURL(new Blob([text], { type })), link = made("a", { href: address, download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), 1000);
}
