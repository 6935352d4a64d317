/** How to make a computer or tablet trust the box: its authority's certificate, and the steps. */

import { useNavigate } from "@tanstack/react-router";
import { IconArrowLeft, IconDownload } from "@tabler/icons-react";

import { useWords } from "../i18n";
import { Button, ButtonLink } from "../ui/Button";
import { Notice } from "../ui/Notice";
import classes from "./Entry.module.css";

const STEPS = ["one", "two", "three", "four"] as const;

export function Trust() {
  const { t } = useWords();
  const navigate = useNavigate();
  return (
    <div className={classes["entry"]}>
      <header className={classes["top"]}>
        <strong>
          {t("product")}. {t("face")}
        </strong>
        <Button icon={<IconArrowLeft aria-hidden />} onClick={() => void navigate({ to: "/" })}>
          {t("action.back")}
        </Button>
      </header>
      <main className={classes["middle"]}>
        <h1>{t("trust.title")}</h1>
        <p>{t("trust.why")}</p>
        <Notice tone="attention">{t("trust.same", { host: location.host })}</Notice>
        <ButtonLink href="/gate/api/trust/ca.crt" download="ca.crt" tone="info" size="big" icon={<IconDownload aria-hidden />}>
          {t("trust.download")}
        </ButtonLink>
        <div className={classes["systems"]}>
          {(["windows", "android"] as const).map((system) => (
            <section key={system} className={classes["system"]}>
              <h2>{t(`trust.${system}`)}</h2>
              <ol className={classes["steps"]}>
                {STEPS.map((step) => (
                  <li key={step}>{t(`trust.${system}Steps.${step}`)}</li>
                ))}
              </ol>
            </section>
          ))}
        </div>
      </main>
    </div>
  );
}
