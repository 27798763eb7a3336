#include <QtTest>

#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>

#include "common/codec/message_codec.h"
#include "samples.h"

using namespace meseta;
using namespace meseta::master;
using namespace mesos::v1;
using SchedulerCall = mesos::v1::scheduler::Call;

namespace {

/// The rows of a fixture after its first, which says what it is.
QList<QJsonObject> rows(const char *name)
{
    QFile file(QStringLiteral(FIXTURES "/") + QLatin1String(name));
    if (!file.open(QIODevice::ReadOnly))
        qFatal("no fixture %s", name);
    file.readLine();
    QList<QJsonObject> rows;
    while (!file.atEnd())
        rows.append(QJsonDocument::fromJson(file.readLine()).object());
    return rows;
}

std::string jsonText(const QJsonObject &object)
{
    return QJsonDocument(object).toJson(QJsonDocument::Compact).toStdString();
}

/// Fills in what the recording leaves out of its tasks.
QJsonObject completed(QJsonObject task, const QString &note)
{
    const auto add = [&task, &note](const QString &key, const QJsonValue &value) {
        if (!task.contains(key) && !note.startsWith(key + QStringLiteral(" missing")))
            task[key] = value;
    };
    const auto json = [](const char *text) { return QJsonDocument::fromJson(text); };
    add(QStringLiteral("name"),
        task[QStringLiteral("task_id")].toObject()[QStringLiteral("value")]);
    add(QStringLiteral("agent_id"), json(R"({"value":"M1-S0"})").object());
    add(QStringLiteral("resources"),
        json(R"([{"name":"cpus","type":"SCALAR","scalar":{"value":0.1}},
        {"name":"mem","type":"SCALAR","scalar":{"value":32}}])")
            .array());
    const bool hasExecutor =
        task.contains(QStringLiteral("executor")) || note.startsWith(QStringLiteral("neither"));
    if (!hasExecutor)
        add(QStringLiteral("command"), json(R"({"value":"sleep 1000"})").object());
    else if (note.startsWith(QStringLiteral("both")))
        add(QStringLiteral("command"), json(R"({"value":"true"})").object());
    return task;
}

QJsonObject completedOperation(QJsonObject operation, const QString &note)
{
    const auto completeTasks = [&note](const QJsonArray &tasks) {
        QJsonArray whole;
        for (const QJsonValue &task : tasks)
            whole.append(completed(task.toObject(), note));
        return whole;
    };
    const QString launch = QStringLiteral("launch");
    const QString group = QStringLiteral("launch_group");
    const QString taskGroup = QStringLiteral("task_group");
    if (operation.contains(launch)) {
        const QJsonArray tasks =
            operation[launch].toObject()[QStringLiteral("task_infos")].toArray();
        operation[launch] = QJsonObject{{QStringLiteral("task_infos"), completeTasks(tasks)}};
    }
    if (operation.contains(group)) {
        QJsonObject launched = operation[group].toObject();
        const QJsonArray tasks = launched[taskGroup].toObject()[QStringLiteral("tasks")].toArray();
        launched[taskGroup] = QJsonObject{{QStringLiteral("tasks"), completeTasks(tasks)}};
        operation[group] = launched;
    }
    return operation;
}

void allocate(Resources::Proto &resources)
{
    resources = Resources(resources).allocated("*").proto();
}

/// "<task>: <reason>" of every task, as a master answers that asks our rules.
class Master
{
public:
    std::vector<std::string> accept(SchedulerCall::Accept accept)
    {
        for (Offer::Operation &operation : *accept.mutable_operations())
            perform(operation);
        return m_answers;
    }

private:
    void perform(Offer::Operation &operation)
    {
        const bool formed = validateOperationForm(operation).has_value();
        if (operation.type() == Offer::Operation::LAUNCH) {
            for (TaskInfo &task : *operation.mutable_launch()->mutable_task_infos())
                answer(task, formed && launches(task), "TASK_ERROR REASON_TASK_INVALID");
        } else if (operation.type() == Offer::Operation::LAUNCH_GROUP) {
            const bool fine = formed && launches(*operation.mutable_launch_group());
            for (const TaskInfo &task : operation.launch_group().task_group().tasks())
                answer(task, fine, "TASK_ERROR REASON_TASK_GROUP_INVALID");
        }
    }

    bool launches(TaskInfo &task)
    {
        allocate(*task.mutable_resources());
        if (task.has_executor() && !task.executor().has_framework_id())
            task.mutable_executor()->mutable_framework_id()->set_value("M1-0000");
        return m_bench.refusal(task).empty();
    }

    bool launches(Offer::Operation::LaunchGroup &launch)
    {
        allocate(*launch.mutable_executor()->mutable_resources());
        for (TaskInfo &task : *launch.mutable_task_group()->mutable_tasks())
            allocate(*task.mutable_resources());
        return m_bench.refusal(launch.task_group(), launch.executor()).empty();
    }

    void answer(const TaskInfo &task, bool fine, const std::string &refusal)
    {
        m_answers.push_back(task.task_id().value() + ": " + (fine ? "launched" : refusal));
    }

    samples::Bench m_bench{.active = {"dup"}};
    std::vector<std::string> m_answers;
};

} // namespace

/// Our verdicts beside those of a Mesos master on the same calls.
class TestRecordedCalls : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void accepts_data();
    void accepts();
    void calls_data();
    void calls();
    void subscribes_data();
    void subscribes();
};

void TestRecordedCalls::accepts_data()
{
    QTest::addColumn<QJsonObject>("row");
    for (const QJsonObject &row : rows("accepts.jsonl"))
        QTest::newRow(qPrintable(row[QStringLiteral("note")].toString())) << row;
}

void TestRecordedCalls::accepts()
{
    QFETCH(QJsonObject, row);
    QJsonArray operations;
    for (const QJsonValue &operation : row[QStringLiteral("operations")].toArray())
        operations.append(
            completedOperation(operation.toObject(), row[QStringLiteral("note")].toString()));
    SchedulerCall call;
    const auto decoded =
        codec::decode(jsonText({{QStringLiteral("type"), QStringLiteral("ACCEPT")},
                                {QStringLiteral("framework_id"),
                                 QJsonObject{{QStringLiteral("value"), QStringLiteral("M1-0000")}}},
                                {QStringLiteral("accept"),
                                 QJsonObject{{QStringLiteral("operations"), operations}}}}),
                      codec::MediaType::Json, call);
    const bool badRequest = row[QStringLiteral("status")].toInt() == 400;
    QCOMPARE(decoded.has_value() && validateSchedulerCall(call).has_value(), !badRequest);
    if (badRequest)
        return;

    std::vector<std::string> expected;
    for (const QJsonValue &value : row[QStringLiteral("updates")].toArray()) {
        const QJsonObject update = value.toObject();
        const std::string state = update[QStringLiteral("state")].toString().toStdString();
        expected.push_back(update[QStringLiteral("task_id")].toString().toStdString() + ": "
                           + (state == "TASK_ERROR" ? state + " "
                                      + update[QStringLiteral("reason")].toString().toStdString()
                                                    : "launched"));
    }
    std::vector<std::string> answers = Master().accept(call.accept());
    std::sort(answers.begin(), answers.end());
    std::sort(expected.begin(), expected.end());
    QCOMPARE(answers, expected);
}

void TestRecordedCalls::calls_data()
{
    QTest::addColumn<QByteArray>("body");
    QTest::addColumn<QByteArray>("answer");
    for (const QJsonObject &row : rows("calls.jsonl"))
        QTest::newRow(qPrintable(row[QStringLiteral("note")].toString()))
            << row[QStringLiteral("body")].toString().toUtf8()
            << row[QStringLiteral("answer")].toString().toUtf8();
}

void TestRecordedCalls::calls()
{
    QFETCH(QByteArray, body);
    QFETCH(QByteArray, answer);
    SchedulerCall call;
    Result<> result = codec::decode(body.toStdString(), codec::MediaType::Json, call);
    if (result) {
        result = validateSchedulerCall(call);
        if (!result)
            result = fail(result.error().within("This scheduler::Call is refused"));
    }
    QVERIFY(!result);
    // The words are ours; what is refused, and the field that is named, are the same.
    const QByteArray ours = QByteArray::fromStdString(result.error().message);
    const std::pair<const char *, const char *> beginnings[] = {
        {"Failed to parse body into JSON", "the body is not JSON: "},
        {"Failed to convert JSON into", "this JSON is no Call: "},
        {"Failed to validate scheduler::Call", "This scheduler::Call is refused: "}};
    const auto kind = std::find_if(std::begin(beginnings), std::end(beginnings),
                                   [&](const auto &one) { return answer.startsWith(one.first); });
    QVERIFY2(kind != std::end(beginnings), answer.constData());
    QVERIFY2(ours.startsWith(kind->second), ours.constData());
    if (const qsizetype end = answer.lastIndexOf('\''); end > 0) {
        const QByteArray field = answer.mid(answer.lastIndexOf('\'', end - 1), end);
        const QByteArray name = field.left(field.indexOf('\'', 1) + 1);
        QVERIFY2(ours.contains(name), (name + " is not named: " + ours).constData());
    }
}

void TestRecordedCalls::subscribes_data()
{
    QTest::addColumn<QJsonObject>("call");
    QTest::addColumn<bool>("refused");
    for (const QJsonObject &row : rows("subscribes.jsonl"))
        QTest::newRow(qPrintable(row[QStringLiteral("note")].toString()))
            << row[QStringLiteral("call")].toObject() << row[QStringLiteral("refused")].toBool();
}

void TestRecordedCalls::subscribes()
{
    QFETCH(QJsonObject, call);
    QFETCH(bool, refused);
    const auto read = samples::read<SchedulerCall>(jsonText(call));
    QVERIFY(validateSchedulerCall(read).has_value());
    const FrameworkInfo &info = read.subscribe().framework_info();
    const bool valid = validateFrameworkInfo(info)
        && validateSuppressedRoles(read.subscribe().suppressed_roles(), info)
        && validateOfferConstraints(read.subscribe().offer_constraints(), info);
    QCOMPARE(!valid, refused);
}

QTEST_GUILESS_MAIN(TestRecordedCalls)
#include "tst_validate_recorded.moc"
