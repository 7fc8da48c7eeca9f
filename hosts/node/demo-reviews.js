// What was said of the demo platform's clinics: invented reviews, replies and chats. Data only.
// Read next: demo-clinics.js, demo.js.

/** Oldest first; `days` before the start of the demo. */
export const REVIEWS = [
  { key: 'm1', clinic: 'moscow', practitioner: 'lebedeva', author_name: 'Наталья', locale: 'ru',
    author_phone: '+79000000101', rating: 5, days: 26,
    text: 'Ирина Сергеевна все объяснила простыми словами, без спешки. Прием начался вовремя. '
      + 'Спасибо, теперь только к вам.' },
  { key: 'w1', clinic: 'warsaw', practitioner: 'wojcik', author_name: 'Magdalena', locale: 'pl',
    author_phone: '+48500000101', rating: 5, days: 24,
    text: 'Pan doktor wysłuchał, odpowiedział na wszystkie pytania i zrobił EKG od ręki. '
      + 'Bardzo spokojna atmosfera.' },
  { key: 'm2', clinic: 'moscow', practitioner: 'gromov', author_name: 'Сергей', locale: 'ru',
    author_phone: '+79000000102', rating: 4, days: 21,
    text: 'Пломбу поставили аккуратно, ничего не болит. Оценку снизил за парковку: места рядом '
      + 'с клиникой не найти.' },
  { key: 'w2', clinic: 'warsaw', practitioner: 'nowak', author_name: 'Paweł', locale: 'pl',
    author_phone: '+48500000102', rating: 3, days: 19,
    text: 'Sama wizyta w porządku, ale w rejestracji nikt nie wiedział, gdzie jest mój gabinet. '
      + 'Trzy razy pytałem o drogę.' },
  { key: 'm3', clinic: 'moscow', practitioner: 'kim', author_name: 'Елена В.', locale: 'ru',
    author_phone: '+79000000103', rating: 2, days: 15,
    text: 'Прием задержали на час, никто не извинился. Вопросы я задать так и не успела: врач '
      + 'торопилась к следующему пациенту.' },
  { key: 'w3', clinic: 'warsaw', practitioner: 'wojcik', author_name: 'Emily', locale: 'en',
    author_phone: '+48500000103', rating: 4, days: 13,
    text: 'The doctor speaks excellent English and the explanation was clear. The reception does '
      + 'not, so bring a friend for the paperwork.' },
  { key: 'm4', clinic: 'moscow', author_name: 'Артем', locale: 'ru',
    author_phone: '+79000000104', rating: 5, days: 11,
    text: 'Записался утром, приняли днем, результаты пришли на почту к вечеру. Так бы везде.' },
  { key: 'w4', clinic: 'warsaw', practitioner: 'nowak', author_name: 'Joanna', locale: 'pl',
    author_phone: '+48500000104', rating: 1, days: 8,
    text: 'Wizyta odwołana godzinę przed terminem, bez propozycji nowej daty. Wzięłam na to '
      + 'wolne w pracy.' },
  { key: 'm5', clinic: 'moscow', practitioner: 'gromov', author_name: 'Ольга Н.', locale: 'ru',
    author_phone: '+79000000105', rating: 1, days: 6,
    text: 'По телефону назвали одну цену, на кассе оказалась другая, вдвое выше. Почему не '
      + 'предупредили до приема?' },
  { key: 'w5', clinic: 'warsaw', author_name: 'Krzysztof', locale: 'pl',
    author_phone: '+48500000105', rating: 5, days: 5,
    text: 'Czysto, punktualnie, uprzejmie. Wyniki online następnego dnia.' },
  { key: 'm6', clinic: 'moscow', practitioner: 'lebedeva', author_name: 'Игорь', locale: 'ru',
    author_phone: '+79000000106', rating: 3, days: 3,
    text: 'Врач хороший, но в коридоре душно, и кулер пустой третий раз подряд.' },
  { key: 'w6', clinic: 'warsaw', practitioner: 'wojcik', author_name: 'Barbara', locale: 'pl',
    author_phone: '+48500000106', rating: 2, days: 1,
    text: 'Czekałam czterdzieści minut mimo umówionej godziny. Nikt nie powiedział, ile to '
      + 'jeszcze potrwa.' },
];

export const REPLIES = [
  { review: 'm2', minutes: 60 * 24 * 20,
    text: 'Сергей, спасибо за отзыв! С понедельника для пациентов открыта парковка во дворе.' },
];

/** Chats under way: who wrote what, minutes before the start of the demo. */
export const CHATS = [
  { review: 'm3', lines: [
    { minutes: 190, by: 'clinic',
      text: 'Елена, здравствуйте! Меня зовут Марина Соколова, я менеджер по качеству клиники '
        + '«Астра». Мы прочитали ваш отзыв и хотим разобраться. Расскажите, пожалуйста, что '
        + 'произошло.' },
    { minutes: 130, by: 'patient',
      text: 'Записана была на 10:00, зашла в 11:05. Администратор только пожимала плечами.' },
    { minutes: 45, by: 'clinic',
      text: 'Простите нас за это. В то утро заболел второй врач, и предупредить должны были мы. '
        + 'Предлагаем повторный прием в удобное вам время, без оплаты.' },
  ] },
  { review: 'w4', lines: [
    { minutes: 25, by: 'clinic',
      text: 'Dzień dobry, nazywam się Anna Kowalska, koordynatorka pacjentów w Wisła Med. '
        + 'Przepraszamy za odwołaną wizytę. Chcemy zaproponować najbliższy wolny termin: czy '
        + 'pasuje Pani czwartek po 17:00?' },
  ] },
];
