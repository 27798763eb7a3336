#include "gui/session/secret_scrubber.h"

#include <QRegularExpression>

namespace meseta::console {

namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

constexpr char removed[] = "(removed)";

bool soundsSecret(const std::string &name)
{
    static const QRegularExpression telling(
        QStringLiteral("pass|secret|token|credential|private|api.?key|auth"),
        QRegularExpression::CaseInsensitiveOption);
    return telling.match(QString::fromStdString(name)).hasMatch();
}

std::string stringOf(const Message &message, const char *field)
{
    const FieldDescriptor *found = message.GetDescriptor()->FindFieldByName(field);
    return found && found->cpp_type() == FieldDescriptor::CPPTYPE_STRING && !found->is_repeated()
        ? message.GetReflection()->GetString(message, found)
        : std::string();
}

/// Fields that are a secret by what the message is.
bool isSecret(const Message &message, const FieldDescriptor &field)
{
    const std::string &type = message.GetDescriptor()->full_name();
    const std::string &name = field.name();
    if (type == "mesos.v1.Environment.Variable" && name == "value")
        return true;
    if (type == "mesos.v1.Secret.Value" || (type == "mesos.v1.Credential" && name == "secret"))
        return true;
    if ((type == "mesos.v1.Label" || type == "mesos.v1.Parameter") && name == "value")
        return soundsSecret(stringOf(message, "key"))
            || stringOf(message, "key") == "env"; // a parameter of docker run
    return name == "data" && field.type() == FieldDescriptor::TYPE_BYTES; // anything may be in it
}

void scrubString(Message &message, const FieldDescriptor &field, bool secret)
{
    const Reflection &reflection = *message.GetReflection();
    // Ids by which events find each other keep their bytes.
    const bool plain = field.name() == "uuid" || message.GetDescriptor()->name() == "UUID";
    if (plain)
        return;
    const auto changed = [&](const std::string &text) {
        return secret ? (text.empty() ? text : std::string(removed))
            : field.type() == FieldDescriptor::TYPE_BYTES ? text
                                                          : withoutSecrets(text);
    };
    if (!field.is_repeated())
        return reflection.SetString(&message, &field,
                                    changed(reflection.GetString(message, &field)));
    for (int i = 0; i < reflection.FieldSize(message, &field); ++i)
        reflection.SetRepeatedString(&message, &field, i,
                                     changed(reflection.GetRepeatedString(message, &field, i)));
}

} // namespace

QString withoutSecrets(const QString &text)
{
    if (!text.contains(QLatin1Char('@')) && !text.contains(QLatin1Char('='))
        && !text.contains(QLatin1Char(' ')) && !text.contains(QLatin1Char(':')))
        return text; // most are names and ids
    static const QRegularExpression userInfo(QStringLiteral("(\\w+://)[^/@\\s]+@"));
    static const QRegularExpression assigned(
        QStringLiteral("([\\w.-]*(?:pass|secret|token|credential|api.?key)[\\w.-]*\\s*[=:]\\s*|"
                       "--[\\w-]*(?:pass|secret|token|credential|api.?key)[\\w-]*\\s+|"
                       "\\b(?:bearer|basic)\\s+)[^\\s,;\"']+"),
        QRegularExpression::CaseInsensitiveOption);
    QString clean = text;
    clean.replace(userInfo, QStringLiteral("\\1(removed)@"));
    clean.replace(assigned, QStringLiteral("\\1(removed)"));
    return clean;
}

std::string withoutSecrets(const std::string &text)
{
    return withoutSecrets(QString::fromStdString(text)).toStdString();
}

void scrubSecrets(Message &message)
{
    const Reflection &reflection = *message.GetReflection();
    std::vector<const FieldDescriptor *> fields;
    reflection.ListFields(message, &fields);
    for (const FieldDescriptor *field : fields) {
        if (field->cpp_type() == FieldDescriptor::CPPTYPE_STRING) {
            scrubString(message, *field, isSecret(message, *field));
        } else if (field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) {
            if (!field->is_repeated())
                scrubSecrets(*reflection.MutableMessage(&message, field));
            else
                for (int i = 0; i < reflection.FieldSize(message, field); ++i)
                    scrubSecrets(*reflection.MutableRepeatedMessage(&message, field, i));
        }
    }
}

} // namespace meseta::console
