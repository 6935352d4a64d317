/** The search that is always at hand: whatever is typed anywhere goes into it, by hand or by a scanner. */

import { useLocation, useNavigate, useSearch } from "@tanstack/react-router";
import { IconSearch, IconX } from "@tabler/icons-react";
import { useEffect, useRef, useState } from "react";

import { useWords } from "../i18n";
import { Button } from "../ui/Button";
import { isDialogOpen, isTypedInto } from "../ui/typing";
import { openFirst } from "./opening";
import { recognised, Wedge } from "./scanner";
import classes from "./Shell.module.css";

const SETTLES_MS = 120;
/** Where a form is being filled in: keys beside its fields must not lead away from it. */
const FORMS = /\/new$/;

export function SearchBox() {
  const { t } = useWords();
  const navigate = useNavigate();
  const path = useLocation({ select: ({ pathname }) => pathname });
  const asked = useSearch({ strict: false, select: (search) => ("q" in search ? (search.q ?? "") : "") });
  const isList = path.endsWith("/passes");
  const [typed, setTyped] = useState(isList ? asked : "");
  const input = useRef<HTMLInputElement>(null);
  const settling = useRef<ReturnType<typeof setTimeout>>(undefined);
  const shownAt = useRef(`${path}?${asked}`);

  // Another address, by a link or the browser's back: its words, unless a hand is typing.
  useEffect(() => {
    const at = `${path}?${asked}`;
    if (shownAt.current === at) return;
    shownAt.current = at;
    setTyped(isList ? asked : "");
  }, [path, asked, isList]);

  const ask = (q: string) => {
    clearTimeout(settling.current);
    shownAt.current = `/passes?${q}`;
    void navigate({ to: "/passes", search: ({ show }) => ({ q: q || undefined, show: isList ? (show as never) : undefined }), replace: isList });
  };
  const change = (value: string) => {
    setTyped(value);
    clearTimeout(settling.current);
    settling.current = setTimeout(() => ask(value.trim()), SETTLES_MS);
  };
  const clear = () => {
    clearTimeout(settling.current);
    setTyped("");
    shownAt.current = "/?";
    void navigate({ to: "/" });
  };
  const enter = (line: string, isScanned: boolean) => {
    const scanned = recognised(line, isScanned);
    const text = scanned?.text ?? line.trim();
    if (!text) return;
    setTyped(text);
    openFirst(text, scanned !== null);
    ask(text);
  };
  useTyping(input, enter);
  return (
    <form
      className={classes["search"]}
      role="search"
      onSubmit={(event) => event.preventDefault()}
      onKeyDown={(event) => {
        if (event.key === "Escape") clear();
      }}
    >
      <IconSearch size={24} aria-hidden />
      <input
        ref={input}
        type="search"
        value={typed}
        aria-label={t("passes.searchLabel")}
        placeholder={t("passes.search")}
        autoComplete="off"
        autoCorrect="off"
        spellCheck={false}
        enterKeyHint="search"
        onChange={(event) => change(event.currentTarget.value)}
      />
      {typed !== "" && <Button tone="plain" aria-label={t("passes.clear")} icon={<IconX aria-hidden />} onClick={clear} />}
    </form>
  );
}

/** Leads keys that go nowhere else into the search, and tells it when a line has ended there. */
function useTyping(input: React.RefObject<HTMLInputElement | null>, enter: (line: string, isScanned: boolean) => void): void {
  const act = useRef(enter);
  useEffect(() => {
    act.current = enter;
  });
  useEffect(() => {
    const wedge = new Wedge();
    const onKey = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.altKey || event.metaKey || isDialogOpen()) return;
      const box = input.current;
      const isElsewhere = event.target !== box && isTypedInto(event.target);
      if (isElsewhere || FORMS.test(location.pathname) || !box) return;
      const isCharacter = event.key.length === 1 && event.key !== " ";
      if (isCharacter && event.target !== box) box.focus();
      const scanned = wedge.press(event.key, event.timeStamp);
      if (event.key === "Enter" && event.target === box) act.current(scanned ?? box.value, scanned !== null);
    };
    document.addEventListener("keydown", onKey);
    if (matchMedia("(hover: hover)").matches && !FORMS.test(location.pathname)) input.current?.focus(); // on a touch screen the keyboard would rise
    return () => document.removeEventListener("keydown", onKey);
  }, [input]);
}
