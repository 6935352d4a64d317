/** A button for hands in gloves: 52 px at least, its tone and its word say the same. */

import type { AnchorHTMLAttributes, ButtonHTMLAttributes, ReactNode } from "react";

import classes from "./Button.module.css";

export type ButtonTone = "good" | "bad" | "attention" | "info" | "plain" | "default";

interface Look {
  tone?: ButtonTone;
  size?: "usual" | "big";
  icon?: ReactNode;
  wide?: boolean;
  /** The key that does the same. */
  hint?: string | undefined;
}

function look({ tone = "default", size = "usual", wide = false }: Look, className = "") {
  return { className: `${classes["button"]} ${className}`, "data-tone": tone, "data-size": size, "data-wide": wide || undefined };
}

export function Button({ tone, size, icon, wide, hint, className, children, ...rest }: Look & ButtonHTMLAttributes<HTMLButtonElement>) {
  return (
    <button type="button" {...look({ ...(tone && { tone }), ...(size && { size }), ...(wide && { wide }) }, className)} {...(hint && { "aria-keyshortcuts": hint })} {...rest}>
      {icon}
      {children && <span>{children}</span>}
      {hint && (
        <span className={classes["hint"]} aria-hidden>
          {hint}
        </span>
      )}
    </button>
  );
}

/** The same for an address outside of the page: a telephone, a file. */
export function ButtonLink({ tone, size, icon, wide, className, children, ...rest }: Look & AnchorHTMLAttributes<HTMLAnchorElement>) {
  return (
    <a {...look({ ...(tone && { tone }), ...(size && { size }), ...(wide && { wide }) }, className)} {...rest}>
      {icon}
      <span>{children}</span>
    </a>
  );
}
