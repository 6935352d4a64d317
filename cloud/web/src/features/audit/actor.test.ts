import i18next from "i18next";
import { expect, it } from "vitest";

import { ru } from "@/shared/i18n/ru";
import { actorText } from "./actor";

it("puts the house's own names into words, and leaves people's alone", async () => {
  const words = i18next.createInstance();
  await words.init({ lng: "ru", resources: { ru: { translation: ru } } });
  const told = (actor: string, account_id: string | null = null) => actorText({ actor, account_id }, words.t);
  expect(told("enrolment")).toBe("Подключение контроллера");
  expect(told("system")).toBe("Домовой");
  expect(told("people.residency_ended")).toBe("Домовой");
  expect(told("—")).toBe("—");
  expect(told("Анна Ёлкина")).toBe("Анна Ёлкина");
  expect(told("anna", "a1")).toBe("anna");
});
