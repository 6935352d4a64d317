/** The code that an administrator was shown makes this computer a post: from then on guards sign in here by PIN or card. */

import { useQueryClient } from "@tanstack/react-query";
import { IconArrowLeft } from "@tabler/icons-react";

import { answer, api, type Schema } from "../api/client";
import { Problem } from "../api/problem";
import { meQuery } from "../api/queries";
import { useWords } from "../i18n";
import { Button } from "../ui/Button";
import { Field } from "../ui/Field";
import { ProblemNotice } from "../ui/Notice";
import { useForm } from "../ui/useForm";
import classes from "./Entry.module.css";

export function JoinPost({ onBack }: { onBack: () => void }) {
  const { t } = useWords();
  const client = useQueryClient();
  const form = useForm(
    { code: "" },
    ({ code }) => answer(api.POST("/gate/api/post", { body: { code: code.trim() } })),
    (me: Schema["Me"]) => client.setQueryData(meQuery.queryKey, me),
    ["code"],
  );
  const isUnknown = form.failure instanceof Problem && form.failure.code === "unknown_code";
  const field = form.text("code");
  return (
    <form className={classes["begin"]} onSubmit={form.submit} noValidate>
      <h1>{t("entry.postTitle")}</h1>
      <p className={classes["dim"]}>{t("entry.postHint")}</p>
      <Field label={t("entry.postCode")} autoFocus maxLength={20} {...field} error={isUnknown ? t("entry.postUnknown") : field.error} />
      {form.failure && !isUnknown && <ProblemNotice error={form.failure} />}
      <Button tone="good" size="big" type="submit" disabled={form.isBusy || form.values.code.trim() === ""}>
        {t("entry.postJoin")}
      </Button>
      <Button icon={<IconArrowLeft aria-hidden />} onClick={onBack}>
        {t("action.back")}
      </Button>
    </form>
  );
}
