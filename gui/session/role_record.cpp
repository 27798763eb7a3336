#include "gui/session/role_record.h"

#include "gui/model/row_builders.h"

namespace meseta::console {

namespace {

using Response = mesos::v1::master::Response;

constexpr int ownField = 1000;

template <typename Map> Amounts quotaAmounts(const Map &amounts, double otherwise)
{
    Amounts sum{otherwise, otherwise, otherwise, otherwise, {}};
    for (const auto &[name, value] : amounts) {
        if (name == "cpus")
            sum.cpus = value.value();
        else if (name == "mem")
            sum.memory = value.value();
        else if (name == "disk")
            sum.disk = value.value();
        else if (name == "gpus")
            sum.gpus = value.value();
    }
    return sum;
}

} // namespace

QHash<QString, RoleSettings> roleSettings(const Response &told)
{
    QHash<QString, RoleSettings> settings;
    for (const auto &role : told.get_roles().roles())
        settings[fromWire(role.name())].weight = role.weight();
    for (const auto &config : told.get_quota().status().configs()) {
        RoleSettings &role = settings[fromWire(config.role())];
        role.guaranteed = quotaAmounts(config.guarantees(), 0);
        role.guarantee = amountsText(role.guaranteed);
        role.limited = quotaAmounts(config.limits(), -1);
        role.limit = amountsText(*role.limited);
    }
    return settings;
}

::meseta::v1::Event roleRecord(const Response &told)
{
    Response kept;
    for (const auto &role : told.get_roles().roles()) {
        auto *added = kept.mutable_get_roles()->add_roles();
        added->set_name(role.name());
        added->set_weight(role.weight());
    }
    *kept.mutable_get_quota()->mutable_status()->mutable_configs() =
        told.get_quota().status().configs();
    ::meseta::v1::Event event;
    *event.GetReflection()->MutableUnknownFields(&event)->AddLengthDelimited(ownField) =
        kept.SerializePartialAsString();
    return event;
}

std::optional<Response> rolesIn(const ::meseta::v1::Event &event)
{
    const auto &fields = event.GetReflection()->GetUnknownFields(event);
    for (int i = 0; i < fields.field_count() && !event.has_type(); ++i) {
        const auto &field = fields.field(i);
        Response told;
        if (field.number() == ownField
            && field.type() == google::protobuf::UnknownField::TYPE_LENGTH_DELIMITED
            && told.ParsePartialFromString(field.length_delimited()))
            return told;
    }
    return std::nullopt;
}

} // namespace meseta::console
