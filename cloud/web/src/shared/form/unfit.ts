/** A field may hold a text that is no value of its kind: it stays, the form is not sent, and the field says why. */

import { type RefObject, useEffect, useRef, useState } from "react";

interface Unfit {
  /** For the field's input. */
  input: {
    ref: RefObject<HTMLInputElement | null>;
    onInput: () => void;
    onBlur: () => void;
    onInvalid: () => void;
  };
  /** Told when one has left the field or tried to send the form, and not while one is typing. */
  error: string | undefined;
}

/** `message`: why what stands in the field cannot be sent; null: it can. */
export function useUnfit(message: string | null): Unfit {
  const ref = useRef<HTMLInputElement>(null);
  const [isTold, setTold] = useState(false);
  useEffect(() => ref.current?.setCustomValidity(message ?? ""), [message]);
  const tell = () => setTold(true);
  return {
    input: { ref, onInput: () => setTold(false), onBlur: tell, onInvalid: tell },
    error: isTold ? (message ?? undefined) : undefined,
  };
}

/** Lets every such field of the form say why; whether there is one. */
export function hasUnfit(form: EventTarget | undefined): boolean {
  if (!(form instanceof HTMLFormElement)) return false;
  const unfit = [...form.elements].filter((field) => field instanceof HTMLInputElement && field.validity.customError);
  for (const field of unfit) (field as HTMLInputElement).checkValidity();
  return unfit.length > 0;
}
