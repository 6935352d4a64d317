export const form = {
  leave: "Введённое не сохранено. Закрыть без сохранения?",
  stay: "Продолжить ввод",
  discard: "Закрыть",
  example: {
    complex: "к/п Афины",
    building: "А2",
    address: "к/п Афины, ул. Кифису, д. А2",
    person: "Иванова Мария Петровна",
    plate: "Х 711 ТТ 90",
  },
};
