/** Calls at intercoms. */

export const calls = {
  one: "Вызов",
  whom: "Кому",
  nobody: "Кому — неизвестно",
  number: "Набрали",
  point: "Точка",
  started: "Когда",
  who: "Кто ответил",
  answer: { open: "{{person}}: открыть", refuse: "{{person}}: отказ" },
  decided: "Ответ",
  opened: "Открыто",
  ended: "Конец",
  stillOf: "Кто звонил: {{point}}",
  state: {
    ringing: "Звонит",
    talking: "Отвечен",
    opened: "Открыто",
    refused: "Отказано",
    answered: "Не открыто",
    missed: "Без ответа",
  },
  searchHint: "Квартира, номер, адрес",
  none: "Вызовов ещё не было",
  noneHint: "Они появятся, когда кто-нибудь позвонит в домофон.",
};
