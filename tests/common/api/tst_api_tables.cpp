#include <QtTest>

#include <QDirIterator>
#include <QFile>

#include <google/protobuf/descriptor.pb.h>

#include "mesos/internal/flags.pb.h"
#include "mesos/internal/registry.pb.h"
#include "mesos/internal/resource_provider_registry.pb.h"
#include "mesos/internal/resource_state.pb.h"
#include "mesos/internal/scheduler_driver.pb.h"
#include "mesos/internal/slave_info.pb.h"
#include "mesos/v1/allocator/allocator.pb.h"
#include "mesos/v1/cluster.pb.h"
#include "mesos/v1/container.pb.h"
#include "mesos/v1/ids.pb.h"
#include "mesos/v1/maintenance/maintenance.pb.h"
#include "mesos/v1/quota/quota.pb.h"
#include "mesos/v1/resource.pb.h"
#include "mesos/v1/resource_provider/resource_provider.pb.h"
#include "mesos/v1/statistics.pb.h"
#include "mesos/v1/task.pb.h"

namespace pb = google::protobuf;

namespace {

/// A type and its rows, each "name number type label default deprecated", sorted.
using Table = std::map<std::string, std::set<std::string>>;

/// Naming one type of each file also makes the linker keep the file.
std::vector<const pb::FileDescriptor *> v1Files()
{
    return {mesos::v1::agent::Call::descriptor()->file(),
            mesos::v1::allocator::InverseOfferStatus::descriptor()->file(),
            mesos::v1::FrameworkInfo::descriptor()->file(),
            mesos::v1::CommandInfo::descriptor()->file(),
            mesos::v1::executor::Event::descriptor()->file(),
            mesos::v1::FrameworkID::descriptor()->file(),
            mesos::v1::maintenance::Window::descriptor()->file(),
            mesos::v1::master::Call::descriptor()->file(),
            mesos::v1::quota::QuotaInfo::descriptor()->file(),
            mesos::v1::Value::descriptor()->file(),
            mesos::v1::resource_provider::Event::descriptor()->file(),
            mesos::v1::scheduler::Event::descriptor()->file(),
            mesos::v1::TrafficControlStatistics::descriptor()->file(),
            mesos::v1::CheckInfo::descriptor()->file()};
}

std::vector<const pb::FileDescriptor *> internalFiles()
{
    return {mesos::internal::Firewall::descriptor()->file(),
            mesos::internal::AuthenticateMessage::descriptor()->file(),
            mesos::internal::Registry::descriptor()->file(),
            mesos::resource_provider::registry::ResourceProvider::descriptor()->file(),
            mesos::internal::slave::ResourceState::descriptor()->file(),
            mesos::scheduler::Call::descriptor()->file(),
            mesos::SlaveInfo::descriptor()->file()};
}

std::string row(const std::string &name, int number, const std::string &type,
                const std::string &label, const std::string &defaultValue, bool deprecated)
{
    return name + ' ' + std::to_string(number) + ' ' + type + ' ' + label + ' ' + defaultValue + ' '
        + (deprecated ? "true" : "false");
}

std::string typeName(const pb::FieldDescriptor *field)
{
    if (field->is_map())
        return "map<" + typeName(field->message_type()->map_key()) + ","
            + typeName(field->message_type()->map_value()) + ">";
    if (field->message_type())
        return field->message_type()->full_name();
    if (field->enum_type())
        return field->enum_type()->full_name();
    return field->type_name();
}

std::string labelName(const pb::FieldDescriptor *field)
{
    if (field->is_map())
        return "map";
    if (const pb::OneofDescriptor *oneof = field->real_containing_oneof())
        return "oneof " + oneof->name();
    return field->is_required() ? "required" : field->is_repeated() ? "repeated" : "optional";
}

std::string defaultText(const pb::FieldDescriptor *field)
{
    if (!field->has_default_value())
        return "-";
    switch (field->cpp_type()) {
    case pb::FieldDescriptor::CPPTYPE_BOOL:
        return field->default_value_bool() ? "true" : "false";
    case pb::FieldDescriptor::CPPTYPE_DOUBLE:
        return QByteArray::number(field->default_value_double()).toStdString();
    case pb::FieldDescriptor::CPPTYPE_INT32:
        return std::to_string(field->default_value_int32());
    case pb::FieldDescriptor::CPPTYPE_UINT32:
        return std::to_string(field->default_value_uint32());
    case pb::FieldDescriptor::CPPTYPE_INT64:
        return std::to_string(field->default_value_int64());
    case pb::FieldDescriptor::CPPTYPE_UINT64:
        return std::to_string(field->default_value_uint64());
    case pb::FieldDescriptor::CPPTYPE_ENUM:
        return field->default_value_enum()->name();
    case pb::FieldDescriptor::CPPTYPE_STRING:
        return field->default_value_string();
    default:
        return "(no table has such a default)";
    }
}

void addEnum(const pb::EnumDescriptor *type, Table &table)
{
    for (int i = 0; i < type->value_count(); ++i) {
        const pb::EnumValueDescriptor *value = type->value(i);
        table[type->full_name()].insert(row(value->name(), value->number(), "(enum value)", "-",
                                            "-", value->options().deprecated()));
    }
}

void addMessage(const pb::Descriptor *type, Table &table)
{
    if (type->options().map_entry())
        return;
    std::set<std::string> &rows = table[type->full_name()];
    for (int i = 0; i < type->field_count(); ++i) {
        const pb::FieldDescriptor *field = type->field(i);
        rows.insert(row(field->name(), field->number(), typeName(field), labelName(field),
                        defaultText(field), field->options().deprecated()));
    }
    for (int i = 0; i < type->nested_type_count(); ++i)
        addMessage(type->nested_type(i), table);
    for (int i = 0; i < type->enum_type_count(); ++i)
        addEnum(type->enum_type(i), table);
}

Table compiled(const std::vector<const pb::FileDescriptor *> &files)
{
    Table table;
    for (const pb::FileDescriptor *file : files) {
        for (int i = 0; i < file->message_type_count(); ++i)
            addMessage(file->message_type(i), table);
        for (int i = 0; i < file->enum_type_count(); ++i)
            addEnum(file->enum_type(i), table);
    }
    return table;
}

/// The type of a row of the internal table as we declare it: the v1 type with the same fields where
/// there is one.
std::string mappedType(const QByteArrayList &columns, const Table &declared)
{
    const std::string type = columns[3].toStdString();
    if (columns.size() < 8 || declared.contains(type)
        || !(columns[7].startsWith("= ") || columns[7].startsWith("~ ")))
        return type;
    return columns[7].mid(2).toStdString();
}

Table readTable(const QString &name, const Table &declared)
{
    Table table;
    QFile file(QStringLiteral(API_FIXTURES "/") + name);
    if (!file.open(QIODevice::ReadOnly))
        return table;
    file.readLine();
    while (!file.atEnd()) {
        const QByteArrayList columns = file.readLine().chopped(1).split('\t');
        std::set<std::string> &rows = table[columns[0].toStdString()];
        if (columns[1] == "-")
            continue; // a message without fields
        rows.insert(row(columns[1].toStdString(), columns[2].toInt(), mappedType(columns, declared),
                        columns[4].toStdString(), columns[5].toStdString(), columns[6] == "true"));
    }
    return table;
}

QByteArray difference(const std::set<std::string> &expected, const std::set<std::string> &actual)
{
    QByteArray text;
    for (const std::string &line : expected) {
        if (!actual.contains(line))
            text += "\n  missing: " + QByteArray::fromStdString(line);
    }
    for (const std::string &line : actual) {
        if (!expected.contains(line))
            text += "\n  extra:   " + QByteArray::fromStdString(line);
    }
    return text;
}

} // namespace

/// The compiled messages against tables of Mesos 1.11's: what is on the wire hangs on every number
/// here.
class TestApiTables : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void everyProtoFileIsHeld();
    void v1IsComplete();
    void v1Types_data();
    void v1Types();
    void internalTypes_data();
    void internalTypes();

private:
    const Table m_v1 = compiled(v1Files());
    const Table m_internal = compiled(internalFiles());
    const Table m_v1Expected = readTable(QStringLiteral("v1-api.tsv"), {});
    const Table m_internalExpected = readTable(QStringLiteral("internal-api.tsv"), m_internal);
};

void TestApiTables::everyProtoFileIsHeld()
{
    std::set<std::string> held;
    for (const auto &files : {v1Files(), internalFiles()}) {
        for (const pb::FileDescriptor *file : files)
            held.insert(file->name());
    }
    QDirIterator it(QStringLiteral(API_SOURCES "/mesos"), {QStringLiteral("*.proto")}, QDir::Files,
                    QDirIterator::Subdirectories);
    std::set<std::string> present;
    while (it.hasNext())
        present.insert(it.next().mid(qstrlen(API_SOURCES "/")).toStdString());
    QCOMPARE(held, present);
}

void TestApiTables::v1IsComplete()
{
    QVERIFY(m_v1Expected.size() > 300);
    for (const auto &[type, rows] : m_v1Expected)
        QVERIFY2(m_v1.contains(type), ("not declared: " + type).c_str());
}

void TestApiTables::v1Types_data()
{
    QTest::addColumn<QByteArray>("type");
    for (const auto &[type, rows] : m_v1)
        QTest::newRow(type.c_str()) << QByteArray::fromStdString(type);
}

void TestApiTables::v1Types()
{
    QFETCH(QByteArray, type);
    const auto expected = m_v1Expected.find(type.toStdString());
    QVERIFY2(expected != m_v1Expected.end(), "no type of Mesos'");
    const QByteArray problems = difference(expected->second, m_v1.at(type.toStdString()));
    QVERIFY2(problems.isEmpty(), problems.constData());
}

void TestApiTables::internalTypes_data()
{
    QTest::addColumn<QByteArray>("type");
    for (const auto &[type, rows] : m_internal)
        QTest::newRow(type.c_str()) << QByteArray::fromStdString(type);
}

void TestApiTables::internalTypes()
{
    QFETCH(QByteArray, type);
    const auto expected = m_internalExpected.find(type.toStdString());
    QVERIFY2(expected != m_internalExpected.end(), "no type of Mesos'");
    const QByteArray problems = difference(expected->second, m_internal.at(type.toStdString()));
    QVERIFY2(problems.isEmpty(), problems.constData());
}

QTEST_GUILESS_MAIN(TestApiTables)
#include "tst_api_tables.moc"
