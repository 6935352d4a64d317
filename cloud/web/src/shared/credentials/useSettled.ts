/** What was typed and not chosen when a form is sent: taken where it is one thing, else refused beside its field. */

import { useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";

import { Problem } from "@/shared/api/problem";
import { type Credential, settled } from "./readings";
import { recognitionOf } from "./recognition";

interface Entered {
  credentials: Credential[];
  typed: string;
}

/** Throws a Problem at `typed`. */
export function useSettled(only?: "card"): (entered: Entered) => Promise<Credential[]> {
  const client = useQueryClient();
  const { t } = useTranslation();
  return async ({ credentials, typed }) => {
    const found = await settled(credentials, typed, (text) => client.query({ ...recognitionOf(text) }), only);
    if (typeof found !== "string") return found;
    const message = found === "ambiguous" ? t("passes.chooseReading") : t("passes.notRecognised");
    throw new Problem({ title: message, status: 422, code: found, fields: [{ path: "typed", code: found, message }] });
  };
}
