export const outbox_words = {
  ru: {
    title: 'Исходящие', lead: 'Все СМС и письма, которые ушли бы людям. Здесь их никто не получил: '
      + 'это встроенный почтовый ящик для знакомства и разработки.',
    phones: 'Телефоны', mails: 'Почта', empty_phones: 'Пока ни одного СМС. Напишите автору отзыва '
      + 'из кабинета, и он получит ссылку.', empty_mails: 'Писем пока нет. Ответьте клинике со '
      + 'страницы пациента, и клиника получит письмо.', to: 'Кому', open_link: 'Открыть ссылку',
    sms_count: { one: '{n} СМС', few: '{n} СМС', many: '{n} СМС', other: '{n} СМС' },
    live: 'Обновляется само', paused: 'Нет связи с сервером', cabinet: 'Кабинет',
    platform: 'Отзывы', new_sms: 'Новое СМС на номер {to}', new_mail: 'Новое письмо для {to}',
  },
  pl: {
    title: 'Wysłane',
    lead: 'Wszystkie SMS-y i e-maile, które trafiłyby do ludzi. Tutaj nikt ich nie '
      + 'otrzymał: to wbudowana skrzynka do poznania programu i pracy nad nim.',
    phones: 'Telefony', mails: 'Poczta', empty_phones: 'Jeszcze żadnego SMS-a. Po napisaniu '
      + 'z panelu autor opinii dostanie link.', empty_mails: 'Jeszcze żadnego e-maila. Po '
      + 'odpowiedzi ze strony pacjenta klinika dostanie wiadomość.', to: 'Do',
    open_link: 'Otwórz link',
    sms_count: { one: '{n} SMS', few: '{n} SMS-y', many: '{n} SMS-ów', other: '{n} SMS-a' },
    live: 'Odświeża się samo', paused: 'Brak połączenia z serwerem', cabinet: 'Panel',
    platform: 'Opinie', new_sms: 'Nowy SMS na numer {to}', new_mail: 'Nowy e-mail do {to}',
  },
  en: {
    title: 'Outbox',
    lead: 'Every SMS and mail that would have gone to people. Nobody received them: '
      + 'this is the built-in mailbox for getting to know the product and for development.',
    phones: 'Phones', mails: 'Mail', empty_phones: 'No SMS yet. Write to a review’s author from '
      + 'the cabinet and a link arrives here.', empty_mails: 'No mail yet. Answer from the '
      + 'patient’s page and the clinic gets a mail here.', to: 'To', open_link: 'Open the link',
    sms_count: { one: '{n} SMS', other: '{n} SMS' },
    live: 'Refreshes by itself', paused: 'The server cannot be reached', cabinet: 'Cabinet',
    platform: 'Reviews', new_sms: 'New SMS to {to}', new_mail: 'New mail to {to}',
  },
};
