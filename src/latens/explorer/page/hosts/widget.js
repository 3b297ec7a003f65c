// The explorer in a notebook, through anywidget.

import { mount } from "../explorer.js";
import { explain } from "./reading.js";

export function render({ model, el }) {
  const host = document.createElement("div");
  el.append(host);
  try {
    const view = model.get("data");
    const buffer = view.buffer.slice(view.byteOffset, view.byteOffset + view.byteLength);
    const onSelect = (rows) => {
      model.set("selected_rows", rows);
      model.save_changes();
    };
    mount(host, buffer, { onSelect });
  } catch (error) {
    explain(host, error);
  }
}
