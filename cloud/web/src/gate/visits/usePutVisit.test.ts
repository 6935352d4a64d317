import { expect, test } from "vitest";

import { asked, type Visit } from "./usePutVisit";

const VISIT: Visit = {
  id: "v", state: "inside", name: "Пётр", document: "4509 123456", phone: null, plate: null, host: "Иванова", host_phone: "+79123456701", address: "А2", household: "h", purpose: "окна",
  pass_id: null, point: "p", card: "EM4100:1259E3", card_back: false, photos: [{ sha256: "ab", path: "/gate/api/pictures/ab" }], note: "с лестницей",
  guard: { id: "g", name: "Сидоров" }, since: "2026-11-28T10:00:00Z", registered_at: "2026-11-28T10:00:00Z",
};

test("a change sends all the rest of the visit back", () => {
  expect(asked(VISIT, { state: "left", card_back: true })).toEqual({
    state: "left", name: "Пётр", document: "4509 123456", phone: "", plate: "", host: "Иванова", host_phone: "+79123456701", address: "А2", household: "h", purpose: "окна",
    pass_id: null, point: "p", card: "EM4100:1259E3", card_back: true, photos: ["ab"], note: "с лестницей",
  });
});
