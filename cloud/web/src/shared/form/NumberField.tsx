/** A number: what is typed stays as it is typed; what is none, or beyond the limits, is refused here and never sent. */

import { TextInput } from "@mantine/core";
import { type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";

import { faultOf, numberOf } from "./number";
import { useUnfit } from "./unfit";

interface NumberFieldProps {
  label: string;
  description?: ReactNode;
  placeholder?: string;
  /** Null: empty. */
  value: number | null;
  onChange: (value: number | null) => void;
  error: string | undefined;
  min?: number;
  max?: number;
  isFractional?: boolean;
  required?: boolean;
  w?: { base: string; sm: number };
  flex?: number;
  miw?: number;
  "data-autofocus"?: boolean;
}

export function NumberField({ value, onChange, error, min, max, isFractional, required = false, ...shown }: NumberFieldProps) {
  const { t, i18n } = useTranslation();
  const [typed, setTyped] = useState("");
  const limits = { min, max, isFractional };
  const isTyped = typed !== "" && numberOf(typed, limits) === value; // else the form has put in another
  const fault = isTyped ? faultOf(typed, limits) : null;
  const wrong = fault && t(`form.number.${fault}`, { least: min, most: max });
  const unfit = useUnfit(wrong ?? (required && value === null ? t("form.needed") : null));
  const written = value === null ? "" : String(value).replace(".", i18n.language === "ru" ? "," : ".");
  return (
    <TextInput
      {...shown}
      {...unfit.input}
      required={required}
      inputMode={isFractional ? "decimal" : "numeric"}
      autoComplete="off"
      value={isTyped ? typed : written}
      error={unfit.error ?? error}
      onChange={({ currentTarget }) => {
        setTyped(currentTarget.value);
        onChange(numberOf(currentTarget.value, limits));
      }}
    />
  );
}
