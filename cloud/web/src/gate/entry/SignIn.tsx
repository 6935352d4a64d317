/** Coming on duty: a name, a PIN, or a card held to the reader; then what the last shift handed over. */

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { IconBuildingCommunity, IconCreditCard, IconDeviceDesktop, IconUser } from "@tabler/icons-react";
import { useEffect, useRef, useState } from "react";

import { answer, api, type Schema } from "../api/client";
import { newId } from "../api/ids";
import { meQuery } from "../api/queries";
import { useWords } from "../i18n";
import { LanguageButton, SoundButton } from "../shell/Menu";
import { recognised, Wedge } from "../shell/scanner";
import { Button, ButtonLink } from "../ui/Button";
import { Empty, Notice, ProblemNotice } from "../ui/Notice";
import { useTimes } from "../ui/times";
import classes from "./Entry.module.css";
import { JoinPost } from "./JoinPost";
import { PinPad } from "./PinPad";
import { Refusal } from "./Refusal";

type Me = Schema["Me"];

export function SignIn({ me }: { me: Me }) {
  const { t } = useWords();
  return (
    <div className={classes["entry"]}>
      <header className={classes["top"]}>
        <strong>
          {[`${t("product")}. ${me.site?.name ?? t("face")}`, me.post].filter(Boolean).join(" · ")}
        </strong>
        <span className={classes["tools"]}>
          <LanguageButton />
          <SoundButton />
        </span>
      </header>
      <main className={classes["middle"]}>
        {me.ended && <Notice tone="attention">{t(`entry.ended.${me.ended}`)}</Notice>}
        <Step me={me} />
      </main>
    </div>
  );
}

function Step({ me }: { me: Me }) {
  if (me.guard && me.site) return <Begin me={me} guard={me.guard} />;
  if (me.by === "pin") return <ByPin me={me} />;
  return me.sites.length > 0 ? <Sites sites={me.sites} /> : <ByAccount />;
}

/** The cloud's page on a computer that is no post: an account, or the code by which it becomes one. */
function ByAccount() {
  const { t } = useWords();
  const [isJoining, setJoining] = useState(false);
  if (isJoining) return <JoinPost onBack={() => setJoining(false)} />;
  return (
    <>
      <h1>{t("entry.who")}</h1>
      <ButtonLink href="/sign-in?next=/gate" tone="info" size="big">
        {t("entry.account")}
      </ButtonLink>
      <Button icon={<IconDeviceDesktop aria-hidden />} onClick={() => setJoining(true)}>
        {t("entry.post")}
      </Button>
    </>
  );
}

function useSignIn() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (tried: { guard: string; pin: string } | { card: string }) =>
      "card" in tried ? answer(api.POST("/gate/api/sign-in/card", { body: tried })) : answer(api.POST("/gate/api/sign-in", { body: tried })),
    onSuccess: (me) => client.setQueryData(meQuery.queryKey, me),
  });
}

function ByPin({ me }: { me: Me }) {
  const { t } = useWords();
  const [chosen, setChosen] = useState<Schema["Guard"] | null>(null);
  const signIn = useSignIn();
  const choose = (guard: Schema["Guard"] | null) => {
    signIn.reset();
    setChosen(guard);
  };
  useCard((card) => {
    setChosen(null);
    signIn.mutate({ card });
  });
  if (me.guards.length === 0) return <Empty title={t("entry.nobody")} hint={t("entry.nobodyHint")} />;
  return (
    <>
      {chosen ? (
        <PinPad guard={chosen} isBusy={signIn.isPending} error={signIn.error} onEnter={(pin) => signIn.mutate({ guard: chosen.id, pin })} onBack={() => choose(null)} />
      ) : (
        <Guards guards={me.guards} onChoose={choose} />
      )}
      {!chosen && signIn.error && <Refusal error={signIn.error} />}
      <p className={classes["card"]}>
        <IconCreditCard aria-hidden />
        {signIn.isPending && !chosen ? t("entry.cardRead") : t("entry.card")}
      </p>
      {me.post === "" && (
        <p className={classes["card"]}>
          <Link to="/trust">{t("settings.trust")}</Link>
        </p>
      )}
    </>
  );
}

function Guards({ guards, onChoose }: { guards: Me["guards"]; onChoose: (guard: Schema["Guard"]) => void }) {
  const { t } = useWords();
  return (
    <>
      <h1>{t("entry.who")}</h1>
      <div className={classes["guards"]}>
        {guards.map((guard) => (
          <button key={guard.id} type="button" className={classes["guard"]} onClick={() => onChoose(guard)}>
            <IconUser size={34} aria-hidden />
            <span>{guard.name}</span>
          </button>
        ))}
      </div>
    </>
  );
}

/** A reader at the desk types the card's number anywhere on this screen. */
function useCard(onCard: (card: string) => void): void {
  const act = useRef(onCard);
  useEffect(() => {
    act.current = onCard;
  });
  useEffect(() => {
    const wedge = new Wedge();
    const onKey = (event: KeyboardEvent) => {
      const line = wedge.press(event.key, event.timeStamp);
      if (line === null) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      act.current(recognised(line, true)?.text ?? line);
    };
    document.addEventListener("keydown", onKey, true);
    return () => document.removeEventListener("keydown", onKey, true);
  }, []);
}

/** An account may keep watch at several: the server remembers which one this browser is at. */
function Sites({ sites }: { sites: Me["sites"] }) {
  const { t } = useWords();
  const client = useQueryClient();
  const choosing = useMutation({
    mutationFn: (site: string) => answer(api.GET("/gate/api/me", { params: { query: { site } } })),
    onSuccess: (next) => client.setQueryData(meQuery.queryKey, next),
  });
  return (
    <>
      <h1>{t("entry.site")}</h1>
      {choosing.error && <ProblemNotice error={choosing.error} />}
      <div className={classes["guards"]}>
        {sites.map(({ id, name }) => (
          <button key={id} type="button" className={classes["guard"]} onClick={() => choosing.mutate(id)}>
            <IconBuildingCommunity size={34} aria-hidden />
            <span>{name}</span>
          </button>
        ))}
      </div>
    </>
  );
}

function Begin({ me, guard }: { me: Me; guard: Schema["Guard"] }) {
  const { t } = useWords();
  const times = useTimes();
  const client = useQueryClient();
  const [id] = useState(newId);
  const beginning = useMutation({
    mutationFn: () => answer(api.POST("/gate/api/shifts", { body: { id } })),
    onSuccess: () => client.invalidateQueries({ queryKey: meQuery.queryKey }),
  });
  const left = me.handed_over;
  return (
    <div className={classes["begin"]}>
      <h1>{t("entry.welcome", { name: guard.name })}</h1>
      {left?.note ? (
        <section className={classes["begin"]}>
          <h2>{t("entry.handedOver")}</h2>
          <p className={classes["note"]}>{left.note}</p>
          <p className={classes["dim"]}>{t("entry.handedOverBy", { name: left.guard.name, time: times.short(left.ended_at ?? left.begun_at) })}</p>
        </section>
      ) : (
        <p className={classes["dim"]}>{t("entry.nothingHandedOver")}</p>
      )}
      {beginning.error && <ProblemNotice error={beginning.error} />}
      <Button tone="good" size="big" autoFocus disabled={beginning.isPending} onClick={() => beginning.mutate()}>
        {t("entry.begin")}
      </Button>
    </div>
  );
}
