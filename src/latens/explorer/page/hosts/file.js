// The explorer inside an HTML file: its data are in the file, too.

import { mount } from "../explorer.js";
import { browserMemory } from "../keeper.js";
import { bytesOf, explain } from "./reading.js";

const host = document.getElementById("latens-explorer");
try {
  const data = document.getElementById("latens-explorer-data");
  const buffer = bytesOf(data.textContent);
  data.remove(); // megabytes that nobody reads again
  mount(host, buffer, { alone: "alone" in host.dataset, inAddress: true, keptBy: browserMemory });
  const reveal = () => location.hash.startsWith("#explorer&") && host.scrollIntoView();
  addEventListener("hashchange", reveal); // a link of the same page
  reveal();
} catch (error) {
  explain(host, error);
}
