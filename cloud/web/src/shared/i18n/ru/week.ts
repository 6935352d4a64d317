/** Days of the week and hours. */

export const week = {
  label: "Дни и часы",
  hint: "По часам объекта. Без дней: в любое время",
  days: "Дни недели",
  from: "Со скольки",
  until: "До скольки",
  add: "Ещё время",
  noDays: "Выберите дни недели.",
  noTime: "Время пишется как 9:00 или 22:30.",
  everyDay: "каждый день",
  wholeDay: "весь день",
  nextDay: "следующего дня",
};
