/** A lane: its picture, what was read, the verdict and why, the pass, and what the guard may do. */

import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { IconAlertOctagon, IconArrowBarToDown, IconHandStop, IconLockOpen } from "@tabler/icons-react";
import { useState } from "react";

import { plateText } from "@/shared/format/plates";
import type { Schema } from "../api/client";
import { passagesQuery } from "../api/queries";
import { useWords, type Words } from "../i18n";
import { Button } from "../ui/Button";
import { Notice } from "../ui/Notice";
import { Plate } from "../ui/Plate";
import { SHAPE, Status, type Tone } from "../ui/Status";
import { useTimes } from "../ui/times";
import { LaneVideo, PassageVideo } from "../video/VideoButtons";
import classes from "./Lane.module.css";
import { Near } from "./Near";
import { outcomeOf } from "./outcome";
import { PassBrief } from "./PassBrief";
import { Picture } from "./Picture";
import { ReasonDialog } from "./ReasonDialog";
import { type Decision, useDecide, useDecidedWords } from "./useDecide";
import { useLaneKeys } from "./useLaneKeys";
import { usePress } from "./usePress";
import { useSettled } from "./useSettled";
import { currentOf, type Passage, readOf, verdictOf, whoOf } from "./verdict";

type Lane = Schema["Lane"];

const POSITION_TONE: Record<NonNullable<Lane["position"]>, Tone> = {
  closed: "quiet",
  opening: "info",
  open: "good",
  closing: "info",
  stopped: "attention",
  forced: "bad",
  blocked: "bad",
  unknown: "attention",
};

const ACT_TONE = { refused: "info", opened: "good", recorded: "good", pending: "info", failed: "bad", unknown: "attention" } as const;

export function LaneColumn({ lane, hasKeys, isChosen }: { lane: Lane; hasKeys: boolean; isChosen: boolean }) {
  const { t } = useWords();
  const passage = currentOf(lane);
  const waits = lane.waiting.length > 0;
  return (
    <section className={classes["lane"]} data-lane={lane.id} data-waits={waits || undefined} data-chosen={isChosen || undefined} aria-current={isChosen || undefined} aria-label={lane.name}>
      <div className={classes["head"]}>
        <h2>{lane.name}</h2>
        {lane.position && <Status tone={POSITION_TONE[lane.position]}>{t(`now.position.${lane.position}`)}</Status>}
      </div>
      <Troubles lane={lane} />
      {/* Who stands there now is seen live; where no camera shows that, by the last still. */}
      <Picture still={waits || !lane.live ? (passage?.still ?? null) : null} live={lane.live} of={lane.name}>
        <Violation lane={lane} passage={passage} />
        <LaneVideo lane={lane} className={classes["video"] ?? ""} />
      </Picture>
      {passage ? <Reading passage={passage} lane={lane} /> : <p className={classes["dim"]}>{t("now.nobody")}</p>}
      {/* Whoever waits needs the room: the buttons must stay in sight. It was heard, and is back when they are decided. */}
      {!waits && <LastAct act={lane.act} but={passage?.decided?.id} />}
      <Acts lane={lane} hasKeys={hasKeys} />
      <Recent point={lane.id} but={passage?.id} />
    </section>
  );
}

const ABOUT_MS = 600_000;

/** About whom stands there now, or stood a moment ago; about the lane itself where that is long over. */
function Violation({ lane, passage }: { lane: Lane; passage: Passage | null }) {
  const { t } = useWords();
  const navigate = useNavigate();
  const begin = () => {
    const isOfNow = passage && Date.now() - Date.parse(passage.at) < ABOUT_MS;
    void navigate({ to: "/violations/new", search: { lane: lane.id, ...(isOfNow && { passage: passage.id }) } });
  };
  return (
    <Button className={classes["violation"] ?? ""} icon={<IconAlertOctagon aria-hidden />} onClick={begin}>
      {t("now.violation")}
    </Button>
  );
}

function alarmText(kind: string, t: Words): string {
  const known = ["barrier_forced", "barrier_held_open", "barrier_stuck", "fire", "camera_tamper", "camera_signal", "camera_recording", "faces_unwritten", "exit_button_stuck", "reader_tamper"] as const;
  const found = known.find((each) => each === kind);
  return found ? t(`now.alarm.${found}`) : t("now.alarm.other", { kind });
}

function Troubles({ lane }: { lane: Lane }) {
  const { t } = useWords();
  const times = useTimes();
  return (
    <>
      {lane.hold && <Notice tone="attention">{t("now.held", { ...lane.hold, until: times.short(lane.hold.until) })}</Notice>}
      {lane.alarms.map((kind) => (
        <Notice key={kind} tone="bad">
          {alarmText(kind, t)}
        </Notice>
      ))}
      {lane.away && <Notice tone="bad">{`${lane.trouble.join(", ")}. ${t("now.away")}`}</Notice>}
      {!lane.away && lane.trouble.length > 0 && <Notice tone="attention">{t("now.trouble", { names: lane.trouble.join(", ") })}</Notice>}
    </>
  );
}

function Reading({ passage, lane }: { passage: Passage; lane: Lane }) {
  const { t } = useWords();
  const times = useTimes();
  const decidedWords = useDecidedWords();
  const { word, tone } = verdictOf(passage);
  const Shape = SHAPE[tone];
  return (
    <>
      <div className={classes["verdict"]} data-tone={tone} data-word={word} aria-live="polite">
        <Shape aria-hidden />
        <strong className={classes["word"]}>{t(`now.verdict.${word}`)}</strong>
        <span className={classes["when"]}>
          {times.short(passage.at)}
          <br />
          {t(`direction.${passage.direction}`)}
        </span>
      </div>
      <div className={classes["facts"]}>
        {passage.plate ? <Plate canonical={passage.plate} size="lg" /> : <span className={classes["read"]}>{readOf(passage, t)}</span>}
        {lane.waiting.length > 1 && lane.waiting[1] && <span className={classes["dim"]}>{t("now.next", { who: whoOf(lane.waiting[1], t) })}</span>}
        <PassageVideo passage={passage} />
      </div>
      <p className={classes["why"]}>{passage.decided ? decidedWords(passage.decided) : t(`now.reason.${passage.reason}`)}</p>
      {passage.flags.length > 0 && (
        <ul className={classes["flags"]}>
          {passage.flags.map((flag) => (
            <li key={flag}>
              <Status tone={flag === "code" ? "info" : "attention"}>{t(`now.flag.${flag}`)}</Status>
            </li>
          ))}
        </ul>
      )}
      {passage.held && <PassBrief row={passage.held} />}
      {passage.near.length > 0 && !passage.decided && <Near lane={lane} passage={passage} />}
    </>
  );
}

/** What a guard did here last, for every other one; what is said of the passage that is shown is not said twice. */
function LastAct({ act, but }: { act: Lane["act"]; but: string | undefined }) {
  const { t } = useWords();
  const decidedWords = useDecidedWords();
  if (!act || act.id === but) return null;
  const about = [act.plate && plateText(act.plate), act.reason && t(`now.manual.${act.reason}`), act.note].filter(Boolean).join(", ");
  return (
    <Notice tone={ACT_TONE[outcomeOf(act)]}>{[decidedWords(act), about].filter(Boolean).join(". ")}</Notice>
  );
}

interface Asks {
  verdict: "refuse" | "open";
  about: Passage | null;
}

function Acts({ lane, hasKeys }: { lane: Lane; hasKeys: boolean }) {
  const { t } = useWords();
  const { decide, isPending } = useDecide();
  const [asks, setAsks] = useState<Asks | null>(null);
  const waiting = lane.waiting[0];
  const passage = currentOf(lane);
  // Behind a dialog nobody is under the finger; nor is anybody yet under a key that belonged to another lane.
  const isSettled = useSettled(asks || !waiting ? null : `${waiting.id} ${hasKeys}`);
  const press = usePress(waiting?.id);
  const confirm = () => {
    if (waiting && isSettled) decide({ lane, passage: waiting, direction: waiting.direction, verdict: "confirm", pass: waiting.held?.id ?? null, plate: waiting.plate });
  };
  const refuse = () => {
    if (waiting && isSettled) setAsks({ verdict: "refuse", about: waiting });
  };
  const open = () => {
    if (lane.can_open) setAsks({ verdict: "open", about: waiting ?? recentOf(passage) });
  };
  const settle = (decision: Pick<Decision, "direction" | "reason" | "note">) => {
    if (asks) decide({ lane, passage: asks.about, plate: asks.about?.plate ?? null, verdict: asks.verdict, ...decision });
    setAsks(null);
  };
  useLaneKeys(hasKeys, { confirm, refuse, open });
  const hint = (key: string) => (hasKeys ? key : undefined);
  const idle = waiting ? undefined : t("now.nothingWaits");
  const ofWaiting = { size: "big", className: classes["act"] ?? "", disabled: !waiting, title: idle, "aria-disabled": !isSettled, onPointerDown: press.begin } as const;
  const whom = waiting && <small className={classes["whom"]}>{whoOf(waiting, t)}</small>;
  return (
    <div className={classes["buttons"]} aria-busy={isPending}>
      <Button {...ofWaiting} tone="good" icon={<IconArrowBarToDown aria-hidden />} hint={hint("F2")} onClick={press.ends(confirm)}>
        {t("now.button.confirm")} {whom}
      </Button>
      <Button {...ofWaiting} tone="bad" icon={<IconHandStop aria-hidden />} hint={hint("F4")} onClick={press.ends(refuse)}>
        {t("now.button.refuse")} {whom}
      </Button>
      <Button
        className={classes["act"] ?? ""}
        size="big"
        icon={<IconLockOpen aria-hidden />}
        hint={hint("F8")}
        disabled={!lane.can_open}
        title={lane.can_open ? undefined : t(lane.away ? "now.away" : "now.cannotOpen")}
        aria-haspopup="dialog"
        onClick={open}
      >
        {t("now.button.open")}
      </Button>
      {asks && <ReasonDialog verdict={asks.verdict} lane={lane} about={asks.about} direction={(asks.about ?? passage)?.direction} onSettle={settle} onClose={() => setAsks(null)} />}
    </div>
  );
}

const STILL_HERE_MS = 120_000;

/** A denial of just now is what a guard opens by hand for; an older one is another story. */
function recentOf(passage: Passage | null): Passage | null {
  if (!passage || passage.decided || passage.outcome === "granted") return null;
  return Date.now() - Date.parse(passage.at) < STILL_HERE_MS ? passage : null;
}

const SHOWN = 5;

function Recent({ point, but }: { point: string; but: string | undefined }) {
  const { t } = useWords();
  const times = useTimes();
  const { data } = useQuery(passagesQuery(point, SHOWN));
  const earlier = data?.items.filter(({ id }) => id !== but).slice(0, SHOWN - 2) ?? [];
  if (earlier.length === 0) return null;
  return (
    <ul className={classes["recent"]} aria-label={t("now.recent")}>
      {earlier.map((passage) => {
        const { word, tone } = verdictOf(passage);
        return (
          <li key={passage.id}>
            <Link to="/passages/$id" params={{ id: passage.id }}>
              {times.short(passage.at)} {whoOf(passage, t)}
            </Link>
            <Status tone={tone}>{t(`now.verdict.${word}`)}</Status>
            <PassageVideo passage={passage} />
          </li>
        );
      })}
    </ul>
  );
}
