/* describe.c: every list of the core as one JSON text: what programs, REFERENCE.md, the types and
 * the forms of the cabinet are made from. */
#include "desk.h"

#include <string.h>

#include "effects.h"
#include "ops.h"
#include "policy.h"

static void roles_json(unsigned roles, struct json *out) {
    json_array(out);
    for (unsigned role = 1; role <= ROLE_VISITOR; role <<= 1)
        if (roles & role) json_text(out, role_word((enum role)role));
    json_array_end(out);
}

static const char *field_type(const struct field *f) {
    switch (f->kind) {
    case FIELD_TEXT: return "text";
    case FIELD_INT: return "integer";
    case FIELD_BOOL: return "boolean";
    case FIELD_REAL: return "number";
    case FIELD_JSON:
        return f->format == FORMAT_TEXTS ? "texts" : f->format == FORMAT_OBJECTS ? "objects"
                                                                                 : "object";
    }
    return "";
}

static void field_json(const struct field *f, struct json *out) {
    static const char *const formats[] = {NULL, "phone", "email", NULL, NULL};
    json_object(out);
    json_put_text(out, "name", f->name);
    json_put_text(out, "type", field_type(f));
    json_put_bool(out, "required", f->required);
    if (f->min || f->kind == FIELD_REAL) json_put_int(out, "min", f->min);
    if (f->max) json_put_int(out, "max", f->max);
    else if (f->kind == FIELD_TEXT) json_put_int(out, "max", 200);
    if (formats[f->format]) json_put_text(out, "format", formats[f->format]);
    if (f->one_of) {
        json_key(out, "one_of");
        json_array(out);
        for (int i = 0; f->one_of[i]; i++) json_text(out, f->one_of[i]);
        json_array_end(out);
    }
    json_put_text(out, "doc", f->doc);
    json_object_end(out);
}

static void op_json(const struct op *op, struct json *out) {
    json_object(out);
    json_put_text(out, "name", op->name);
    json_put_text(out, "doc", op->doc);
    json_put_text(out, "rules", op->rules);
    json_key(out, "roles");
    roles_json(op->roles, out);
    json_key(out, "writes");
    roles_json(op->writes & op->roles, out);
    if (op->machine) json_put_text(out, "machine", op->machine->kind);
    if (op->event) json_put_text(out, "event", event_word(op->event));
    json_key(out, "in");
    json_array(out);
    for (int i = 0; i < op->in_n; i++) field_json(&op->in[i], out);
    json_array_end(out);
    json_put_text(out, "out", op->out);
    json_object_end(out);
}

static void states_json(const struct machine *machine, unsigned states, struct json *out) {
    json_array(out);
    for (int i = 0; i < STATES_MAX && machine->states[i]; i++)
        if (states & 1u << i) json_text(out, machine->states[i]);
    json_array_end(out);
}

static void rule_json(const struct machine *machine, const struct rule *rule, struct json *out) {
    json_object(out);
    json_key(out, "in");
    states_json(machine, rule->in, out);
    json_put_text(out, "on", event_word(rule->on));
    json_put_text(out, "if", rule->when.name);
    json_put_text(out, "go", rule->go == STAY ? NULL : state_word(machine, rule->go));
    json_put_text(out, "then", rule->then.name);
    json_put_text(out, "refuse", rule->refuse ? error_info(rule->refuse)->name : NULL);
    json_put_id(out, "rule", rule->rule);
    json_put_text(out, "because", rule->because);
    json_object_end(out);
}

static void machine_json(const struct machine *machine, struct json *out) {
    json_object(out);
    json_put_text(out, "kind", machine->kind);
    json_put_text(out, "doc", machine->doc);
    json_key(out, "states");
    states_json(machine, ANY_STATE, out);
    json_key(out, "final");
    states_json(machine, machine->final, out);
    json_key(out, "rules");
    json_array(out);
    for (int i = 0; i < machine->rules_n; i++) rule_json(machine, &machine->rules[i], out);
    json_array_end(out);
    json_object_end(out);
}

static void error_json(enum err err, struct json *out) {
    const struct error_info *info = error_info(err);
    json_object(out);
    json_put_text(out, "code", info->name);
    json_put_text(out, "category", info->category);
    json_object_end(out);
}

static void policy_json(const struct policy_info *info, struct json *out) {
    json_object(out);
    json_put_text(out, "key", info->key);
    json_put_int(out, "literal", info->literal);
    json_put_int(out, "recommended", info->recommended);
    json_put_int(out, "min", info->min);
    json_put_int(out, "max", info->max);
    json_put_text(out, "unit", info->unit);
    json_put_int(out, "rule", info->rule);
    json_object_end(out);
}

static void effects_json(struct json *out) {
#define KIND_JSON(name, kind_word, channel_word)    \
    json_object(out);                               \
    json_put_text(out, "kind", kind_word);          \
    json_put_text(out, "channel", channel_word);    \
    json_object_end(out);
    json_key(out, "effects");
    json_array(out);
    EFFECT_KINDS(KIND_JSON)
    json_array_end(out);
#undef KIND_JSON
}

static void lists_json(struct json *out) {
    json_object(out);
    json_put_int(out, "abi", desk_abi());
    json_key(out, "ops");
    json_array(out);
    for (int g = 0; op_groups[g]; g++)
        for (int i = 0; i < op_groups[g]->n; i++) op_json(&op_groups[g]->ops[i], out);
    json_array_end(out);
    json_key(out, "machines");
    json_array(out);
    for (int i = 0; machines[i]; i++) machine_json(machines[i], out);
    json_array_end(out);
    effects_json(out);
    json_key(out, "errors");
    json_array(out);
    for (int i = OK + 1; i < ERR_COUNT; i++) error_json((enum err)i, out);
    json_array_end(out);
    json_key(out, "policies");
    json_array(out);
    for (int i = 0; i < POLICY_COUNT; i++) policy_json(&policy_infos[i], out);
    json_array_end(out);
    json_object_end(out);
}

const char *desk_describe(void) {
    static struct arena arena; /* lives as long as the program, as the contract says */
    static const char *text;
    struct json out = {.arena = &arena};
    if (text) return text;
    lists_json(&out);
    text = json_end(&out);
    return text;
}
