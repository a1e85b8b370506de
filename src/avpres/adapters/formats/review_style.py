"""The look of the review sheet: neutral greys only, so that no hue stands beside the pictures."""

STYLE = """
:root { color-scheme: dark; }
* { box-sizing: border-box; }
body {
  margin: 0; background: #777777; color: #f4f4f4;
  font: 16px/1.45 "Segoe UI", "Helvetica Neue", Arial, "DejaVu Sans", sans-serif;
}
main { max-width: 88rem; margin: 0 auto; padding: 1.5rem; }
h1 { font-size: 1.5rem; margin: 0 0 .25rem; font-weight: 600; }
h2 { font-size: 1.15rem; margin: 2rem 0 .6rem; font-weight: 600; }
h3 { font-size: .95rem; margin: 0; font-weight: 600; overflow-wrap: anywhere; }
p { margin: .25rem 0 .75rem; max-width: 60rem; }
.panel, article.pair { background: #4d4d4d; border: 1px solid #333; border-radius: .3rem; }
.panel { padding: .9rem 1.1rem; }
.scroll { overflow: auto; max-height: 22rem; }
table { border-collapse: collapse; font-size: .9rem; }
th, td { text-align: left; padding: .25rem .8rem .25rem 0; vertical-align: top; }
td.number, th.number { text-align: right; font-variant-numeric: tabular-nums; }
td.name { overflow-wrap: anywhere; }
#conditions .fields {
  display: grid; grid-template-columns: repeat(auto-fill, minmax(17rem, 1fr)); gap: .6rem 1rem;
}
label { display: block; font-size: .85rem; color: #e4e4e4; }
input[type=text], textarea {
  width: 100%; background: #2e2e2e; color: #f4f4f4; border: 1px solid #8a8a8a;
  border-radius: .2rem; padding: .35rem .5rem; font: inherit;
}
textarea { min-height: 2.4rem; resize: vertical; }
button {
  background: #2e2e2e; color: #f4f4f4; border: 1px solid #8a8a8a; border-radius: .2rem;
  padding: .35rem .7rem; font: inherit; cursor: pointer;
}
button:hover { background: #1f1f1f; }
button[aria-pressed=true] { background: #e4e4e4; color: #111; }
:focus-visible { outline: 3px solid #ffffff; outline-offset: 1px; }
article.pair { margin: 0 0 1.5rem; padding: .9rem 1.1rem 1rem; border-left-width: .6rem; }
article.pair[data-judgement=pass] { border-left-color: #f4f4f4; }
article.pair[data-judgement=fail] { border-left: .6rem double #f4f4f4; }
.what { margin: .1rem 0 .6rem; font-size: .85rem; color: #dcdcdc; overflow-wrap: anywhere; }
.row { display: grid; grid-template-columns: repeat(3, minmax(0, 1fr)); gap: .75rem; }
.row + .row { margin-top: .75rem; }
figure { margin: 0; background: #777777; padding: .6rem; min-width: 0; }
figure img { display: block; max-width: 100%; margin: 0 auto; }
.detail figure img { image-rendering: pixelated; }
button.look { display: block; width: 100%; background: none; border: 0; padding: 0; }
button.look { cursor: zoom-in; }
figcaption { font-size: .8rem; margin-top: .4rem; color: #ffffff; }
.same {
  display: grid; place-items: center; background: #000; color: #e8e8e8; font-size: .85rem;
  text-align: center;
}
.same img { grid-area: 1 / 1; } .same span { grid-area: 1 / 1; padding: .3rem; }
.judge {
  display: grid; grid-template-columns: max-content 1fr; gap: .75rem 1.2rem; margin-top: .8rem;
  align-items: start;
}
fieldset { border: 0; margin: 0; padding: 0; display: flex; gap: 1rem; }
fieldset label { font-size: 1rem; display: inline-flex; gap: .35rem; align-items: center; }
input[type=radio] { width: 1.15rem; height: 1.15rem; }
input[type=radio], input[type=range] { accent-color: #e8e8e8; }
.bar {
  position: sticky; bottom: 0; background: #333333; border-top: 1px solid #1f1f1f;
  display: flex; flex-wrap: wrap; gap: .5rem 1.2rem; align-items: center; padding: .7rem 1.5rem;
}
.bar p { margin: 0; }
dialog {
  width: 98vw; height: 97vh; max-width: none; max-height: none; background: #777777;
  color: #f4f4f4; border: 1px solid #333; padding: .6rem;
}
dialog::backdrop { background: #777777; }
dialog[open] { display: flex; flex-direction: column; gap: .5rem; }
.tools { display: flex; flex-wrap: wrap; gap: .6rem 1rem; align-items: center; }
.tools strong { flex: 1 1 20rem; overflow-wrap: anywhere; }
.panes { flex: 1; display: grid; grid-template-columns: repeat(3, 1fr); gap: .6rem; min-height: 0; }
.pane { display: flex; flex-direction: column; padding: 0; min-height: 0; }
.pane .area { flex: 1; overflow: auto; }
.pane img { max-width: none; margin: 0; image-rendering: pixelated; }
.name .escape, .escape { border: 1px solid #aaa; border-radius: .15rem; padding: 0 .1rem; }
:root:not([data-script=on]) .bar button, :root:not([data-script=on]) dialog { display: none; }
@media (max-width: 50rem) {
  .row, .panes, .judge { grid-template-columns: 1fr; }
}
@media print {
  .bar, dialog { display: none; }
  article.pair { break-inside: avoid; }
}
"""
