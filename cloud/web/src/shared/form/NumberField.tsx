/** A number: what is typed stays as it is typed; what is none, or beyond the limits, is refused here and never sent. */

import { NumberInput } from "@mantine/core";
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
  /** Digits after the point; whole numbers unless said. */
  decimals?: number;
  required?: boolean;
  w?: { base: string; sm: number };
  "data-autofocus"?: boolean;
}

export function NumberField({ value, onChange, error, min, max, decimals = 0, required = false, ...shown }: NumberFieldProps) {
  const { t, i18n } = useTranslation();
  const [typed, setTyped] = useState("");
  const limits = { ...(min === undefined ? {} : { min }), ...(max === undefined ? {} : { max }) };
  const isTyped = typed !== "" && numberOf(typed, limits) === value; // else the form has put in another
  const fault = isTyped ? faultOf(typed, limits) : null;
  const wrong = fault && t(`form.number.${fault}`, { least: min, most: max });
  const unfit = useUnfit(wrong ?? (required && !isTyped && value === null ? t("form.needed") : null));
  return (
    <NumberInput
      {...shown}
      {...limits}
      {...unfit.input}
      required={required}
      clampBehavior="none"
      trimLeadingZeroesOnBlur={false}
      allowDecimal={decimals > 0}
      decimalScale={decimals}
      decimalSeparator={i18n.language === "ru" ? "," : "."}
      allowedDecimalSeparators={[".", ","]}
      valueIsNumericString
      value={isTyped ? typed : (value ?? "")}
      error={unfit.error ?? error}
      onChange={(next) => {
        setTyped(String(next));
        onChange(numberOf(String(next), limits));
      }}
    />
  );
}
