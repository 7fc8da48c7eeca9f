export const sign_in_words = {
  ru: {
    title: 'Вход в кабинет', ask_title: 'Вход в кабинет клиники',
    ask_text: 'Укажите рабочий адрес почты: мы пришлем ссылку для входа. Пароль не нужен.',
    email: 'Адрес почты', ask: 'Прислать ссылку', email_wrong: 'Проверьте адрес почты.',
    sent_title: 'Проверьте почту', sent_text: 'Если {email} есть в системе, ссылка для входа уже '
      + 'в пути. Она действует 10 минут и открывается один раз.',
    sent_code: 'Откроете письмо в другом браузере или на телефоне? Там понадобится этот код:',
    other_email: 'Указать другой адрес', open_title: 'Войти в кабинет',
    open_text: 'Ссылка из письма откроет кабинет в этом браузере и больше ни в каком.',
    open: 'Войти',
    used_text: 'Ссылку уже открыли, возможно, в другом браузере. Войдите обычным способом: все '
      + 'вопросы и отзывы ждут в кабинете.', to_cabinet: 'Перейти в кабинет',
    code_title: 'Другой браузер', code_text: 'Ссылку запросили в другом браузере. Введите код, '
      + 'который показан там на странице входа.', code_label: 'Код', code_enter: 'Войти',
    code_incomplete: 'Введите шесть цифр.', problem_title: 'Ссылка не открывается',
    new_link: 'Получить новую ссылку', outbox: 'Письма демонстрации лежат в исходящих',
    code_note: 'Код показан только тому, кто запросил ссылку. Никому его не называйте.',
  },
  pl: {
    title: 'Logowanie do panelu', ask_title: 'Logowanie do panelu kliniki',
    ask_text: 'Prosimy podać służbowy adres e-mail: wyślemy link do logowania. Hasło nie jest '
      + 'potrzebne.',
    email: 'Adres e-mail', ask: 'Wyślij link', email_wrong: 'Proszę sprawdzić adres e-mail.',
    sent_title: 'Proszę sprawdzić pocztę',
    sent_text: 'Jeśli {email} jest w systemie, link jest już '
      + 'w drodze. Działa 10 minut i otwiera się jeden raz.',
    sent_code: 'Otwarcie wiadomości w innej przeglądarce albo na telefonie wymaga tego kodu:',
    other_email: 'Podaj inny adres', open_title: 'Wejście do panelu',
    open_text: 'Link z wiadomości otworzy panel w tej przeglądarce i w żadnej innej.',
    open: 'Zaloguj',
    used_text: 'Link został już otwarty, być może w innej przeglądarce. Można zalogować się '
      + 'zwykłym sposobem: wszystkie pytania i opinie czekają w panelu.',
    to_cabinet: 'Przejdź do panelu',
    code_title: 'Inna przeglądarka', code_text: 'O link poproszono w innej przeglądarce. Należy '
      + 'wpisać kod pokazany tam na stronie logowania.', code_label: 'Kod', code_enter: 'Zaloguj',
    code_incomplete: 'Proszę wpisać sześć cyfr.', problem_title: 'Linku nie można otworzyć',
    new_link: 'Poproś o nowy link', outbox: 'E-maile demonstracji leżą w wysłanych',
    code_note: 'Kod widzi tylko osoba, która poprosiła o link. Nie wolno go nikomu podawać.',
  },
  en: {
    title: 'Sign in', ask_title: 'Sign in to the clinic’s cabinet',
    ask_text: 'Enter your work e-mail and we will send a sign-in link. No password needed.',
    email: 'E-mail', ask: 'Send me a link', email_wrong: 'Check the e-mail address.',
    sent_title: 'Check your mail', sent_text: 'If {email} is known here, a sign-in link is on its '
      + 'way. It works for 10 minutes and opens once.',
    sent_code: 'Opening the mail in another browser or on your phone? You will need this code '
      + 'there:',
    other_email: 'Use another address', open_title: 'Enter the cabinet',
    open_text: 'The link from the e-mail opens the cabinet in this browser and in no other.',
    open: 'Sign in',
    used_text: 'The link was opened before, perhaps in another browser. Sign in the ordinary way: '
      + 'every question and review is waiting in the cabinet.', to_cabinet: 'Go to the cabinet',
    code_title: 'Another browser',
    code_text: 'The link was asked for in another browser. Enter the '
      + 'code shown there on the sign-in page.', code_label: 'Code', code_enter: 'Sign in',
    code_incomplete: 'Enter six digits.', problem_title: 'This link does not open',
    new_link: 'Ask for a new link', outbox: 'The demo’s mails are in the outbox',
    code_note: 'Only the person who asked for the link sees the code. Never tell it to anyone.',
  },
};
