export const platform_words = {
  ru: {
    title: 'Клиники и отзывы', lead: 'Публичная страница площадки, как ее видит любой '
      + 'посетитель. Она собрана из виджетов, которые ставятся на любой сайт одной строкой.',
    outbox: 'Исходящие', cabinet: 'Кабинет клиники', demo: 'Демонстрация',
    whole_clinic: 'Вся клиника', whose: '{name}: клиника или врач', ask: 'Задать вопрос',
    embed: 'Как поставить это на свой сайт',
  },
  pl: {
    title: 'Kliniki i opinie', lead: 'Publiczna strona portalu, tak jak widzi ją każdy '
      + 'odwiedzający. Składa się z widżetów, które można wstawić na dowolną stronę.',
    outbox: 'Wysłane', cabinet: 'Panel kliniki', demo: 'Demonstracja',
    whole_clinic: 'Cała klinika', whose: '{name}: klinika lub lekarz', ask: 'Zadaj pytanie',
    embed: 'Jak wstawić to na swoją stronę',
  },
  en: {
    title: 'Clinics and reviews', lead: 'The portal’s public page, as any visitor sees it. It is '
      + 'made of the widgets that any site can embed with one line.',
    outbox: 'Outbox', cabinet: 'Clinic’s cabinet', demo: 'Demo',
    whole_clinic: 'Whole clinic', whose: '{name}: the clinic or a doctor', ask: 'Ask a question',
    embed: 'How to put this on your site',
  },
};
