"""The look of the HTML report: one style sheet, light, dark and on paper."""

STYLE = """
:root {
  color-scheme: light dark;
  --paper: #fbfaf7; --sheet: #ffffff; --ink: #1d2024; --soft: #5b626b; --line: #dcd9d2;
  --pass: #17603a; --pass-back: #e4f1e8; --fail: #a01d1d; --fail-back: #fbe7e5;
  --done: #6b4e00; --done-back: #f8efd4; --mark: #f1eee6;
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: #15171a; --sheet: #1d2024; --ink: #e9e6df; --soft: #a3a8af; --line: #363a40;
    --pass: #8fd6a9; --pass-back: #16301f; --fail: #ff9d94; --fail-back: #3c1a18;
    --done: #ecc96a; --done-back: #33290f; --mark: #282c31;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0; background: var(--paper); color: var(--ink);
  font: 16px/1.5 "Source Sans 3", "Segoe UI", "Helvetica Neue", Arial, "DejaVu Sans", sans-serif;
}
main { max-width: 72rem; margin: 0 auto; padding: 2rem 1.5rem 4rem; }
.kicker { margin: 0 0 .75rem; color: var(--soft); font-size: .875rem; letter-spacing: .02em; }
.verdict { border-left: .5rem solid; border-radius: .25rem; padding: 1.25rem 1.5rem; }
.verdict h1 { margin: .35rem 0 .35rem; font-size: 1.6rem; line-height: 1.25; font-weight: 600; }
.verdict p { margin: 0; }
.verdict .word { font-weight: 700; letter-spacing: .06em; text-transform: uppercase; }
.pass { color: var(--pass); background: var(--pass-back); border-color: var(--pass); }
.fail { color: var(--fail); background: var(--fail-back); border-color: var(--fail); }
.done { color: var(--done); background: var(--done-back); border-color: var(--done); }
.verdict .status { font-size: .9rem; }
section { margin-top: 2.25rem; }
h2 { margin: 0 0 .6rem; font-size: 1.15rem; font-weight: 600; }
.count { color: var(--soft); font-weight: 400; }
.note { margin: 0 0 .75rem; color: var(--soft); font-size: .9rem; max-width: 60rem; }
.scroll {
  overflow-x: auto; background: var(--sheet); border: 1px solid var(--line); border-radius: .25rem;
}
table { border-collapse: collapse; width: 100%; font-size: .9rem; }
th, td {
  text-align: left; vertical-align: top; padding: .45rem .75rem;
  border-bottom: 1px solid var(--line);
}
tbody tr:last-child > th, tbody tr:last-child > td { border-bottom: 0; }
thead th {
  color: var(--soft); font-weight: 600; white-space: nowrap;
  border-bottom: 2px solid var(--line); }
tbody th { font-weight: 600; white-space: nowrap; }
table.pairs tbody th { width: 14rem; color: var(--soft); font-weight: 400; }
td.number { text-align: right; white-space: nowrap; font-variant-numeric: tabular-nums; }
thead th.number { text-align: right; }
td.time, td.tight { white-space: nowrap; }
.name, .digest, code {
  font-family: "Source Code Pro", Consolas, Menlo, "DejaVu Sans Mono", monospace;
  font-size: .82rem; overflow-wrap: anywhere; white-space: pre-wrap;
}
.digest { display: block; color: var(--soft); font-size: .72rem; min-width: 20ch;
  word-break: break-all; }
.name { min-width: 16ch; }
.algorithm { color: var(--ink); }
.escape { background: var(--mark); color: var(--fail); border-radius: .15rem; padding: 0 .1rem; }
tr.problem > td.outcome, .error { color: var(--fail); font-weight: 600; }
.warning { color: var(--done); font-weight: 600; }
.success { color: var(--pass); font-weight: 600; }
footer { margin-top: 2.5rem; color: var(--soft); font-size: .85rem; }
@media (max-width: 40rem) {
  main { padding: 1rem .75rem 2rem; }
  table.pairs tbody th { width: auto; }
  .verdict h1 { font-size: 1.25rem; }
}
@media print {
  :root {
    color-scheme: light;
    --paper: #fff; --sheet: #fff; --ink: #000; --soft: #444; --line: #bbb; --mark: #eee;
    --pass: #0b4a28; --pass-back: #fff; --fail: #8a1010; --fail-back: #fff;
    --done: #553e00; --done-back: #fff;
  }
  @page { margin: 16mm 14mm; }
  body { font-size: 10pt; }
  main { max-width: none; padding: 0; }
  .verdict { border: 1.5pt solid; border-left-width: 6pt; }
  .scroll { overflow: visible; border: 0; }
  table { border-top: 1px solid var(--line); border-bottom: 1px solid var(--line); }
  th, td { padding: 2.5pt 10pt 2.5pt 0; }
  thead { display: table-header-group; }
  tr, h2 { break-inside: avoid; }
  h2 { break-after: avoid; }
  section { margin-top: 14pt; }
}
"""
