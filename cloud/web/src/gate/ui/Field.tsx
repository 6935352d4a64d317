/** A field of a form: its label above, what is wrong with it below. */

import { type ReactNode, useId } from "react";

import { useWords } from "../i18n";
import classes from "./Field.module.css";

interface FieldProps {
  label: string;
  value: string;
  onChange: (value: string) => void;
  error?: string | undefined;
  description?: string;
  optional?: boolean;
  multiline?: boolean;
  autoFocus?: boolean;
  type?: "text" | "datetime-local";
  inputMode?: "text" | "tel" | "numeric";
  autoComplete?: string;
  maxLength?: number;
  list?: string;
}

export function Field({ label, value, onChange, error, description, optional, multiline, ...rest }: FieldProps) {
  const { t } = useWords();
  const id = useId();
  const described = [description && `${id}-about`, error && `${id}-error`].filter(Boolean).join(" ");
  const common = {
    id,
    className: classes["input"],
    value,
    "aria-invalid": error !== undefined,
    ...(described && { "aria-describedby": described }),
    autoComplete: "off",
    ...rest,
  };
  return (
    <div className={classes["field"]}>
      <label className={classes["label"]} htmlFor={id}>
        {label} {optional && <span className={classes["optional"]}>({t("field.optional")})</span>}
      </label>
      {multiline ? (
        <textarea {...common} rows={2} onChange={(event) => onChange(event.currentTarget.value)} />
      ) : (
        <input {...common} onChange={(event) => onChange(event.currentTarget.value)} />
      )}
      <Below id={id} description={description} error={error} />
    </div>
  );
}

function Below({ id, description, error }: { id: string; description: string | undefined; error: string | undefined }): ReactNode {
  return (
    <>
      {description && (
        <span id={`${id}-about`} className={classes["description"]}>
          {description}
        </span>
      )}
      {error && (
        <span id={`${id}-error`} className={classes["error"]} role="alert">
          {error}
        </span>
      )}
    </>
  );
}

interface SelectFieldProps {
  label: string;
  value: string;
  options: readonly { value: string; label: string }[];
  onChange: (value: string) => void;
}

export function SelectField({ label, value, options, onChange }: SelectFieldProps) {
  const id = useId();
  return (
    <div className={classes["field"]}>
      <label className={classes["label"]} htmlFor={id}>
        {label}
      </label>
      <select id={id} className={classes["input"]} value={value} onChange={(event) => onChange(event.currentTarget.value)}>
        {options.map((option) => (
          <option key={option.value} value={option.value}>
            {option.label}
          </option>
        ))}
      </select>
    </div>
  );
}
