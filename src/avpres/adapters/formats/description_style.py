"""What the page of descriptions adds to the look of reports: figures, bars and their colours.

The colours differ in lightness too, so that they can be told apart without seeing hues; every bar
stands beside its numbers.
"""

from avpres.adapters.formats.report_style import STYLE as _REPORT

STYLE = (
    _REPORT
    + """
:root {
  --valid: #1f6b40; --formed: #5c9c76; --invalid: #b27a00; --broken: #a01d1d; --unknown: #8b919a;
}
@media (prefers-color-scheme: dark) {
  :root {
    --valid: #7fd0a0; --formed: #3f8a60; --invalid: #d9ad45; --broken: #ff8478; --unknown: #777e88;
  }
}
.narrow .scroll { max-width: 46rem; }
.formats thead th { white-space: normal; vertical-align: bottom; }
.formats thead th.number { min-width: 5.2rem; }
.formats tbody th { white-space: normal; min-width: 9rem; }
.files td.name { width: 36%; min-width: 24ch; }
a { color: inherit; }
.figures { display: flex; flex-wrap: wrap; gap: .75rem; margin: 1.25rem 0 0; }
.figures div {
  flex: 1 1 9rem; background: var(--sheet); border: 1px solid var(--line); border-radius: .25rem;
  padding: .7rem .9rem;
}
.figures dt { color: var(--soft); font-size: .85rem; }
.figures dd { margin: 0; font-size: 1.35rem; font-weight: 600; font-variant-numeric: tabular-nums; }
.figures dd small { display: block; font-size: .8rem; font-weight: 400; color: var(--soft); }
.bar { display: block; width: 100%; }
.bar.thick { height: 2rem; margin: 0 0 .75rem; border-radius: .25rem; }
.bar.thin { height: .85rem; min-width: 8rem; }
td.graph { width: 28%; vertical-align: middle; }
.valid { fill: var(--valid); } .formed { fill: var(--formed); } .invalid { fill: var(--invalid); }
.broken { fill: var(--broken); } .unknown { fill: var(--unknown); }
.swatch { width: .85rem; height: .85rem; vertical-align: -.1rem; margin-right: .5rem; }
tfoot th, tfoot td { border-top: 2px solid var(--line); border-bottom: 0; font-weight: 600; }
td.nought { color: var(--soft); }
.where { display: block; color: var(--soft); font-size: .8rem; }
@media print {
  :root {
    --valid: #1f6b40; --formed: #7fb595; --invalid: #c78f1d; --broken: #8a1010; --unknown: #9a9a9a;
  }
  .figures div { border-width: .5pt; }
  svg { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
}
"""
)
