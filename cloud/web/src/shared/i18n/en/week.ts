/** Days of the week and hours. */

export const week = {
  label: "Days and hours",
  hint: "By the site’s clock. Without days: at any time",
  days: "Days of the week",
  from: "From what time",
  until: "Until what time",
  add: "More hours",
  noDays: "Choose the days of the week.",
  noTime: "Write a time as 9:00 or 22:30.",
  everyDay: "every day",
  wholeDay: "all day",
  nextDay: "the next day",
};
