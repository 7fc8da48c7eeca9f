/* Every statement that a working day prepares is planned again here: none may walk a table that
 * grows with the years, except where a page is read in its own order. */
#include "check.h"

#include <sqlite3.h>

static void one_of_each(desk *core) {
    static const char *const day[] = {
        "{'op':'review_chat.open','now':2000,'id':'a'," ANNA
        ",'in':{'review_id':1,'purpose':'solve','text':'m1'}}",
        "{'op':'effect.take','now':2001," HOST ",'in':{}}",
        "{'op':'effect.settle','now':2002," HOST
        ",'in':{'effect_id':1,'status':'sent','provider_id':'p'}}",
        "{'op':'effect.report','now':2003," HOST
        ",'in':{'channel':'sms','provider_id':'p','status':'delivered'}}",
        "{'op':'review_chat.post','now':2004,'id':'b'," PATIENT(1)
        ",'in':{'review_chat_id':1,'text':'p1'}}",
        "{'op':'review_chat.get','now':2005," ANNA ",'in':{'review_chat_id':1}}",
        "{'op':'review_chat.mark_read','now':2005," ANNA ",'in':{'review_chat_id':1}}",
        "{'op':'review_chat.mark_solved','now':2006," PATIENT(1)
        ",'in':{'review_chat_id':1,'confirmed':true}}",
        "{'op':'review_chat.post','now':2007," ANNA ",'in':{'review_chat_id':1,'text':'m2'}}",
        "{'op':'review_chat.end','now':2008," PATIENT(1) ",'in':{'review_chat_id':1}}",
        "{'op':'item.next','now':2009," ANNA ",'in':{'kind':'review_chat','item_id':1}}",
        "{'op':'item.why','now':2009," ANNA ",'in':{'kind':'review_chat','item_id':1}}",
        "{'op':'review.get','now':2009," ANNA ",'in':{'review_id':1}}",
        "{'op':'review.reply','now':2009," ANNA ",'in':{'review_id':1,'text':'r'}}",
        "{'op':'review.trail','now':2009," ANNA ",'in':{'review_id':1}}",
        "{'op':'clinic.set_hours','now':2009," ANNA ",'in':{'hours':[{'day':1,'from':'08:00',"
        "'to':'18:00'}],'holidays':['2026-01-01']}}",
        "{'op':'absence.add','now':2009," ANNA ",'in':{'from':'2026-01-02','to':'2026-01-02'}}",
        "{'op':'absence.remove','now':2009," ANNA ",'in':{'absence_id':1}}",
        "{'op':'clinic.hours','now':2009," ANNA ",'in':{}}",
        "{'op':'link.open','now':2009," HOST ",'in':{'link_id':1}}",
        "{'op':'link.send_code','now':2009," HOST ",'in':{'link_id':1}}",
        "{'op':'session.request','now':2009," HOST ",'in':{'email':'1@staff.test','browser':'b'}}",
        "{'op':'session.get','now':2009," HOST ",'in':{'session_id':1}}",
        "{'op':'session.list','now':2009," ANNA ",'in':{}}",
        "{'op':'sync.pull','now':2009," PATIENT(1) ",'in':{'since':3}}",
        "{'op':'clock.tick','now':99000000," HOST ",'in':{}}",
        NULL};
    for (int i = 0; day[i]; i++) CHECK_HAS(askf(core, "%s", day[i]), "\"ok\":");
}

/* What is asked about questions from their delivery to the erasure of who asked them. */
static void one_of_each_form(desk *core) {
    static const char *const day[] = {
        "{'op':'contact_form.send','now':3000,'id':'1'," PLATFORM ",'in':{'clinic_id':1,'name':'N',"
        "'email':'n@mail.test','phone':'+48601000000','locale':'pl','text':'toothache'}}",
        "{'op':'contact_form.send','now':3001,'id':'2'," PLATFORM ",'in':{'clinic_id':1,'name':'N',"
        "'email':'n@mail.test','locale':'pl','text':'toothache'}}",
        "{'op':'contact_form.preview','now':3002,'in':{'clinic_id':1}}",
        "{'op':'contact_form.list','now':3003," ANNA ",'in':{}}",
        "{'op':'contact_form.get','now':3004," ANNA ",'in':{'contact_form_id':1}}",
        "{'op':'contact_form.claim','now':3005," ANNA ",'in':{'contact_form_id':1}}",
        "{'op':'contact_form.save_draft','now':3006," ANNA
        ",'in':{'contact_form_id':1,'text':'d'}}",
        "{'op':'contact_form.release','now':3007," ANNA ",'in':{'contact_form_id':1}}",
        "{'op':'contact_form.answer','now':3008," ANNA
        ",'in':{'contact_form_id':1,'text':'a','last_message_id':4}}",
        "{'op':'contact_form.reject','now':3009," ANNA
        ",'in':{'contact_form_id':2,'reason':'duplicate'}}",
        "{'op':'contact_form.answer_by_phone','now':3010," ANNA ",'in':{'contact_form_id':2}}",
        "{'op':'contact_form.list','now':3011," ANNA ",'in':{'scope':'all','state':'answered'}}",
        "{'op':'contact_form.list','now':3012," ANNA ",'in':{'scope':'done','after_id':2}}",
        "{'op':'search','now':3013," ANNA ",'in':{'text':'tooth'}}",
        "{'op':'response_indicator.get','now':3014,'in':{'clinic_id':1}}",
        "{'op':'response_indicator.proof','now':3015,'in':{'clinic_id':1}}",
        "{'op':'report.response_times','now':3016," ANNA
        ",'in':{'from':'1970-01-01','to':'1970-01-02'}}",
        "{'op':'team.activity','now':3017," ANNA ",'in':{'from':'1970-01-01','to':'1970-01-02'}}",
        "{'op':'activity.list','now':3018," ANNA ",'in':{'agent_id':1}}",
        "{'op':'notice.get','now':3019," ANNA ",'in':{}}",
        "{'op':'task.list','now':3020," PLATFORM ",'in':{}}",
        "{'op':'item.next','now':3021," ANNA ",'in':{'kind':'contact_form','item_id':1}}",
        "{'op':'item.why','now':3022," ANNA ",'in':{'kind':'contact_form','item_id':1}}",
        "{'op':'sync.pull','now':3023," ANNA ",'in':{'since':3}}",
        "{'op':'contact_form.send','now':3024,'id':'3'," PLATFORM ",'in':{'clinic_id':1,'name':'N',"
        "'email':'n@mail.test','locale':'pl','text':'another'}}",
        "{'op':'clock.tick','now':999000000," HOST ",'in':{}}",
        "{'op':'person.export','now':999000001," HOST ",'in':{'email':'n@mail.test'}}",
        "{'op':'person.erase','now':999000002," HOST
        ",'in':{'email':'n@mail.test','confirmed':true}}",
        NULL};
    for (int i = 0; day[i]; i++) CHECK_HAS(askf(core, "%s", day[i]), "\"ok\":");
}

/* Tables that grow for ever, as the planner names them in "SCAN x". */
static bool grows(const char *plan) {
    static const char *const big[] = {"SCAN message", "SCAN history", "SCAN effect", "SCAN review",
                                      "SCAN request", "SCAN link", "SCAN session", "SCAN rc",
                                      "SCAN r", "SCAN m", "SCAN e", "SCAN h",
                                      "SCAN contact_form", "SCAN f", "SCAN n", "SCAN activity",
                                      "SCAN v", "SCAN draft",
                                      "SCAN absence", "SCAN holiday", "SCAN opening_hours", NULL};
    for (int i = 0; big[i]; i++) {
        size_t size = strlen(big[i]);
        bool same = strncmp(plan, big[i], size) == 0 && (plan[size] == 0 || plan[size] == ' ');
        /* An index that orders the rows stops at its limit; a covering walk does not. */
        bool ordered = strstr(plan, "USING INDEX") || strstr(plan, "INDEX effect_queued") ||
                       strstr(plan, "VIRTUAL TABLE");
        if (same && !ordered) return true;
    }
    /* All rows of a kind are nearly all rows. */
    return strstr(plan, "_item (item_kind=?)") != NULL;
}

/* Reads in the order of the primary key that stop at a limit; and what an erasure looks through,
 * which is rare: the replies of some days, the reviews. */
static bool may_walk(const char *sql) {
    static const char *const known[] = {"order by history_id desc limit 1", "max(history_id)",
                                        "max(message_id)", "order by request_id limit",
                                        "from sqlite_sequence", "update request set reply",
                                        "lower(author_email)", NULL};
    for (int i = 0; known[i]; i++)
        if (strstr(sql, known[i])) return true;
    return false;
}

static void plan_is_bounded(sqlite3 *sqlite, const char *sql) {
    char explain[8192];
    sqlite3_stmt *plan = NULL;
    snprintf(explain, sizeof explain, "explain query plan %s", sql);
    if (sqlite3_prepare_v2(sqlite, explain, -1, &plan, NULL) != SQLITE_OK) return;
    while (sqlite3_step(plan) == SQLITE_ROW) {
        const char *line = (const char *)sqlite3_column_text(plan, 3);
        if (grows(line)) check_failed(__FILE__, __LINE__, line, sql);
    }
    sqlite3_finalize(plan);
}

TEST(no_statement_of_a_working_day_walks_a_growing_table) {
    desk *core = desk_with_clinics(":memory:");
    one_of_each(core);
    one_of_each_form(core);
    int planned = 0;
    for (sqlite3_stmt *s = sqlite3_next_stmt(check_sqlite(), NULL); s;
         s = sqlite3_next_stmt(check_sqlite(), s)) {
        if (may_walk(sqlite3_sql(s))) continue;
        plan_is_bounded(check_sqlite(), sqlite3_sql(s));
        planned++;
    }
    CHECK(planned > 50);
    desk_close(core);
}
