// What the console does beyond links, forms and htmx: charts, keys of the desk for duplicates, one press of a button once,
// printing. Every page works without it.
"use strict";
(() => {
  const reduced = matchMedia("(prefers-reduced-motion: reduce)").matches;
  const COLOURS = ["#0b5cad", "#3c7d22", "#9a5b00", "#7a3fa0", "#a8324a", "#2b7a78", "#5a6472", "#8a6d1a"];
  const look = { color: COLOURS, animation: !reduced, aria: { enabled: true, decal: { show: true } }, textStyle: { fontFamily: "inherit" } };
  const tooltip = { renderMode: "richText" };
  const options = {
    weekly: (data) => ({
      ...look,
      grid: { left: 44, right: 8, top: 12, bottom: 28 },
      tooltip: { ...tooltip, trigger: "axis" },
      xAxis: { type: "category", data: data.labels },
      yAxis: { type: "value", minInterval: 1 },
      series: [{ type: "bar", name: data.name, data: data.values }],
    }),
    funnel: (data) => ({
      ...look,
      tooltip,
      series: [{
        type: "funnel", sort: "none", left: 8, right: 110, top: 8, bottom: 8, gap: 2, minSize: "12%", data,
        label: { position: "right", formatter: "{b} {c}", color: "#1f2329" },
      }],
    }),
  };

  const draw = () => {
    for (const place of document.querySelectorAll(".chart[data-chart]")) {
      const data = JSON.parse(document.getElementById(`${place.dataset.chart}-data`).textContent);
      const label = place.getAttribute("aria-label");
      const chart = echarts.init(place);
      chart.setOption(options[place.dataset.chart](data));
      place.setAttribute("aria-label", label);
      addEventListener("resize", () => chart.resize());
    }
  };
  if (window.echarts) draw();

  // One press, one act: the server takes a form once; here the button says so. Downloads leave the page as it is.
  document.addEventListener("submit", (event) => {
    const pressed = event.submitter;
    if (event.target.method !== "post" || pressed?.classList.contains("free") || pressed?.hasAttribute("hx-post")) return;
    setTimeout(() => {
      for (const button of event.target.querySelectorAll("button")) button.disabled = true;
      pressed?.setAttribute("aria-busy", "true");
    });
  });
  // Back from the browser's memory, with a form that was handed in: it may be pressed again, and the server knows.
  addEventListener("pageshow", () => {
    for (const button of document.querySelectorAll("button:disabled")) button.disabled = false;
  });

  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-print]")) print();
  });

  const desk = document.getElementById("case");
  document.addEventListener("keydown", (event) => {
    if (!desk || event.ctrlKey || event.metaKey || event.altKey) return;
    const typing = event.target.closest("input:not([type=checkbox]), textarea, select");
    if (typing && event.key === "Escape") return typing.blur();
    if (typing) return;
    const way = { j: "next", k: "before" }[event.key.toLowerCase()];
    if (way && desk.dataset[way]) return location.assign(desk.dataset[way]);
    const button = document.querySelector(`#decide button[data-key="${CSS.escape(event.key)}"]`);
    if (!button) return;
    event.preventDefault();
    const reason = document.querySelector("#decide textarea");
    if (reason.value.trim()) button.click();
    else {
      reason.focus();
      reason.scrollIntoView({ block: "center" });
    }
  });

  // What fails on the way to the server is said where the reader is.
  document.addEventListener("htmx:sendError", () => {
    let told = document.getElementById("offline");
    if (!told) {
      told = Object.assign(document.createElement("p"), { id: "offline", className: "stale" });
      told.setAttribute("role", "alert");
      document.getElementById("main").prepend(told);
    }
    told.textContent = document.documentElement.lang === "en" ? "The server cannot be reached. What you see may be old." : "连不上服务器，页面内容可能已旧。";
  });
})();
