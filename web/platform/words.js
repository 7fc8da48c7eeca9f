export const platform_words = {
  ru: {
    title: 'Отзывы о клиниках', lead: 'Публичная страница площадки: так отзывы видит любой '
      + 'посетитель.', rating_of: 'Оценка {mean} из 5', reviews_counted: { one: '{n} оценка',
      few: '{n} оценки', many: '{n} оценок', other: '{n} оценки' }, no_rating: 'Оценок пока нет',
    no_reviews: 'Отзывов пока нет.', reply_of: 'Ответ клиники',
    rating_annulled: 'Оценка больше не учитывается', annulled_count: { one: '{n} решенная проблема',
      few: '{n} решенные проблемы', many: '{n} решенных проблем', other: '{n} решенной проблемы' },
    doctor: 'Врач: {name}', refresh: 'Обновить', clinics: 'Клиники', outbox: 'Исходящие',
    cabinet: 'Кабинет клиники', demo: 'Демонстрация',
  },
  pl: {
    title: 'Opinie o klinikach', lead: 'Publiczna strona portalu: tak opinie widzi każdy '
      + 'odwiedzający.', rating_of: 'Ocena {mean} na 5', reviews_counted: { one: '{n} ocena',
      few: '{n} oceny', many: '{n} ocen', other: '{n} oceny' }, no_rating: 'Brak ocen',
    no_reviews: 'Nie ma jeszcze opinii.', reply_of: 'Odpowiedź kliniki',
    rating_annulled: 'Ocena nie jest już liczona', annulled_count: { one: '{n} rozwiązany problem',
      few: '{n} rozwiązane problemy', many: '{n} rozwiązanych problemów',
      other: '{n} rozwiązanego problemu' },
    doctor: 'Lekarz: {name}', refresh: 'Odśwież', clinics: 'Kliniki', outbox: 'Wysłane',
    cabinet: 'Panel kliniki', demo: 'Demonstracja',
  },
  en: {
    title: 'Clinic reviews', lead: 'The platform’s public page: this is how any visitor sees '
      + 'the reviews.', rating_of: 'Rated {mean} of 5', reviews_counted: { one: '{n} rating',
      other: '{n} ratings' }, no_rating: 'No ratings yet',
    no_reviews: 'No reviews yet.', reply_of: 'The clinic’s reply',
    rating_annulled: 'The rating no longer counts', annulled_count: { one: '{n} problem solved',
      other: '{n} problems solved' },
    doctor: 'Doctor: {name}', refresh: 'Refresh', clinics: 'Clinics', outbox: 'Outbox',
    cabinet: 'Clinic’s cabinet', demo: 'Demo',
  },
};
