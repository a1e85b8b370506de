"use strict";
(() => {
  const sheet = document.body.dataset.sheet;
  const place = "avpres-review-" + sheet;
  const pairs = [...document.querySelectorAll("article.pair")];
  const fields = [...document.querySelectorAll("#conditions [name]")];
  const viewer = document.getElementById("viewer");
  const panes = [...viewer.querySelectorAll(".pane")];
  const zoom = document.getElementById("zoom");
  const told = document.getElementById("told");

  const judgement = (pair) => pair.querySelector("input[type=radio]:checked").value;
  const comment = (pair) => pair.querySelector("textarea").value;

  function review() {
    const conditions = Object.fromEntries(fields.map((each) => [each.name, each.value.trim()]));
    const answers = pairs.map((pair) => ({
      number: Number(pair.dataset.number),
      target_sha256: pair.dataset.digest,
      judgement: judgement(pair),
      comment: comment(pair).trim(),
    }));
    return { avpres_review: 1, sheet, reviewed: new Date().toISOString(), conditions, answers };
  }

  function tell() {
    const passed = pairs.filter((pair) => judgement(pair) === "pass").length;
    const failed = pairs.filter((pair) => judgement(pair) === "fail").length;
    const seen = passed + failed;
    let text = `${seen} of ${pairs.length} judged, ${failed} failed.`;
    if (seen && !failed) {
      const rate = (100 * (1 - 0.05 ** (1 / seen))).toPrecision(2);
      text += ` So far this excludes, with 95 % confidence, that more than ${rate} % of all are faulty.`;
    }
    told.textContent = text;
    pairs.forEach((pair) => { pair.dataset.judgement = judgement(pair); });
  }

  function keep() {
    tell();
    try { localStorage.setItem(place, JSON.stringify(review())); } catch { /* a private window */ }
  }

  function recall() {
    let kept = null;
    try { kept = JSON.parse(localStorage.getItem(place)); } catch { return; }
    if (!kept) return;
    fields.forEach((each) => { each.value = kept.conditions[each.name] ?? ""; });
    kept.answers.forEach((answer) => {
      const pair = pairs.find((each) => Number(each.dataset.number) === answer.number);
      if (!pair || pair.dataset.digest !== answer.target_sha256) return;
      const chosen = pair.querySelector(`input[value="${answer.judgement}"]`);
      if (chosen) chosen.checked = true;
      pair.querySelector("textarea").value = answer.comment;
    });
  }

  function save() {
    const text = JSON.stringify(review(), null, 1);
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([text], { type: "application/json" }));
    link.download = `review-${sheet.slice(0, 8)}.json`;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10000);
  }

  let open = null;
  let blinking = 0;

  function scale() {
    panes.forEach((pane) => {
      const image = pane.querySelector("img");
      image.style.width = `${image.naturalWidth * Number(zoom.value)}px`;
    });
    document.getElementById("times").textContent = `${zoom.value}×`;
  }

  function look(pair, kind) {
    open = pair;
    const images = [...pair.querySelectorAll(`.${kind} img`)];
    panes.forEach((pane, index) => {
      const image = pane.querySelector("img");
      image.onload = scale;
      image.src = images[index].src;
      image.alt = images[index].alt;
    });
    document.getElementById("viewed").textContent = pair.querySelector("h3").textContent;
    zoom.value = kind === "detail" ? 3 : 1;
    if (!viewer.open) viewer.showModal();
    scale();
  }

  function blink() {
    const [source, outcome] = panes.map((pane) => pane.querySelector("img"));
    [source.src, outcome.src] = [outcome.src, source.src];
    const names = panes.slice(0, 2).map((pane) => pane.querySelector("figcaption"));
    [names[0].textContent, names[1].textContent] = [names[1].textContent, names[0].textContent];
  }

  function steady() {
    clearInterval(blinking);
    blinking = 0;
    const first = panes[0].querySelector("figcaption");
    if (first.textContent !== first.dataset.name) blink();
    document.getElementById("blink").setAttribute("aria-pressed", "false");
  }

  document.getElementById("blink").addEventListener("click", (event) => {
    if (blinking) { steady(); return; }
    blinking = setInterval(blink, 500);
    event.currentTarget.setAttribute("aria-pressed", "true");
  });
  viewer.addEventListener("close", steady);
  document.getElementById("close").addEventListener("click", () => viewer.close());
  zoom.addEventListener("input", scale);
  panes.forEach((pane) => {
    const area = pane.querySelector(".area");
    area.addEventListener("scroll", () => {
      panes.forEach((other) => {
        const further = other.querySelector(".area");
        if (further.scrollLeft !== area.scrollLeft) further.scrollLeft = area.scrollLeft;
        if (further.scrollTop !== area.scrollTop) further.scrollTop = area.scrollTop;
      });
    });
  });

  pairs.forEach((pair) => {
    pair.querySelectorAll("button.look").forEach((button) => {
      button.addEventListener("click", () => look(pair, button.dataset.kind));
    });
    pair.addEventListener("input", keep);
  });
  document.getElementById("conditions").addEventListener("input", keep);
  document.getElementById("save").addEventListener("click", save);
  document.getElementById("fit").addEventListener("click", () => {
    const area = panes[0].querySelector(".area");
    const image = panes[0].querySelector("img");
    const most = Math.min(area.clientWidth / image.naturalWidth, area.clientHeight / image.naturalHeight);
    zoom.value = Math.max(1, Math.floor(most));
    scale();
  });
  document.addEventListener("keydown", (event) => {
    if (event.target.matches?.("input[type=text], textarea") || event.ctrlKey || event.metaKey) return;
    const value = { p: "pass", f: "fail", o: "open" }[event.key];
    const pair = viewer.open ? open : document.activeElement?.closest("article.pair");
    if (!value || !pair) return;
    pair.querySelector(`input[value="${value}"]`).checked = true;
    keep();
  });

  document.documentElement.dataset.script = "on";
  recall();
  tell();
})();
