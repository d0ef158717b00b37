import "../styles/tokens.css";
import "../styles/base.css";

import { StrictMode } from "react";
import { createRoot } from "react-dom/client";

import { startTheme } from "../app/theme";
import { readShared } from "./readShared";
import { SharedPage } from "./SharedPage";

startTheme();

const place = document.getElementById("root");
if (place) {
  createRoot(place).render(
    <StrictMode>
      <SharedPage read={readShared} />
    </StrictMode>,
  );
}
