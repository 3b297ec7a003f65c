// The explorer on its own server, which has the pictures in full size, keeps labels and views, and learns from labels.

import { mount } from "../explorer.js";
import { explain } from "./reading.js";

const host = document.getElementById("latens-explorer");
Promise.all([asked("data").then((answer) => answer.arrayBuffer()), asked("kept").then((answer) => answer.json())])
  .then(([buffer, kept]) => {
    const imageUrl = "images" in host.dataset ? (point) => `images/${point}` : null;
    mount(host, buffer, { alone: true, inAddress: true, imageUrl, kept, keptBy: () => new Run(kept), learn: (labels) => sent("learn", labels) });
  })
  .catch((error) => explain(host, error));

/** Labels and views in the files of the run. */
class Run {
  constructor({ labels, views }) {
    Object.assign(this, { labels, views, version: labels?.version ?? "" });
    this.words = "Kept in labels.csv of the run.";
  }

  async save(what, content) {
    const version = await sent(what, { ...content, version: this.version });
    if (what === "labels") this.version = version;
  }
}

async function asked(what) {
  const answer = await fetch(what);
  if (!answer.ok) throw new Error(`the server answered ${answer.status}`);
  return answer;
}

async function sent(what, content) {
  const body = JSON.stringify(content);
  // Small ones arrive even where the page is closed at once; browsers do not promise that of larger ones.
  const keepalive = body.length < 60_000;
  const answer = await fetch(what, { method: "POST", headers: { "Content-Type": "application/json" }, body, keepalive }).catch(() => {
    throw new Error("The server does not answer. Start `latens explore` again.");
  });
  if (!answer.ok) throw new Error(await answer.text());
  return answer.json();
}
