#include <QtTest>

#include <google/protobuf/descriptor.pb.h>
#include <google/protobuf/unknown_field_set.h>

#include "common/codec/json.h"
#include "samples.h"

using namespace meseta::codec;
using google::protobuf::Message;

namespace {

std::string transcode(const google::protobuf::Descriptor *type, const std::string &bytes)
{
    std::string out;
    return transcodeToJson(type, bytes, out) ? out : "refused";
}

template <typename M> std::string transcode(const std::string &bytes)
{
    return transcode(M::descriptor(), bytes);
}

/// The same message with its top-level fields in the reverse order.
std::string reversed(const std::string &bytes)
{
    google::protobuf::UnknownFieldSet fields;
    fields.ParseFromString(bytes);
    google::protobuf::UnknownFieldSet backwards;
    for (int i = fields.field_count() - 1; i >= 0; --i)
        backwards.AddField(fields.field(i));
    std::string out;
    backwards.SerializeToString(&out);
    return out;
}

mesos::v1::Resource scalar(const std::string &name, double value)
{
    mesos::v1::Resource resource;
    resource.set_name(name);
    resource.set_type(mesos::v1::Value::SCALAR);
    resource.mutable_scalar()->set_value(value);
    return resource;
}

} // namespace

/// What protobuf's own parser makes of unusual bytes, the transcoder must make of them too.
class TestJsonTranscoder : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void declaredOrderWhateverTheWireOrder();
    void declaredDefaultsAreWritten();
    void deprecatedDefaultsAreNot();
    void setEmptyMessage();
    void lastScalarWins();
    void singularMessagesMerge();
    void interleavedLists();
    void packedAndUnpacked();
    void mapsAreSortedAndLastKeyWins();
    void mapEntryWithoutValue();
    void oneofKeepsTheLast();
    void unknownFieldsAndEnumsAreNotThere();
    void wrongWireTypeIsUnknown();
    void durationIsAPlainMessage();
    void negativeNumbers();
    void operatorListsAreWrittenEmpty();
    void refusesBrokenBytes_data();
    void refusesBrokenBytes();
    void refusesDeepNesting();
    void leavesTheOutputAloneWhenRefusing();
    void agreesWithTheMessageOnShuffledWire_data();
    void agreesWithTheMessageOnShuffledWire();
};

void TestJsonTranscoder::declaredOrderWhateverTheWireOrder()
{
    const std::string bytes = scalar("cpus", 0.5).SerializeAsString();
    const std::string json = R"({"name":"cpus","type":"SCALAR","scalar":{"value":0.5}})";
    QCOMPARE(transcode<mesos::v1::Resource>(bytes), json);
    QCOMPARE(transcode<mesos::v1::Resource>(reversed(bytes)), json);
}

void TestJsonTranscoder::declaredDefaultsAreWritten()
{
    QCOMPARE(transcode<mesos::v1::Filters>(""), std::string(R"({"refuse_seconds":5.0})"));
    QCOMPARE(transcode<mesos::v1::CommandInfo>(""), std::string(R"({"shell":true})"));
    mesos::v1::Filters filters;
    filters.set_refuse_seconds(0);
    QCOMPARE(toJson(filters), std::string(R"({"refuse_seconds":0.0})"));
}

void TestJsonTranscoder::deprecatedDefaultsAreNot()
{
    mesos::v1::FrameworkInfo info;
    info.set_user("u");
    info.set_name("n");
    QCOMPARE(toJson(info),
             std::string(R"({"user":"u","name":"n","failover_timeout":0.0,"checkpoint":false})"));
    info.set_role("*");
    QVERIFY(toJson(info).find(R"("role":"*")") != std::string::npos);
}

void TestJsonTranscoder::setEmptyMessage()
{
    mesos::v1::scheduler::Call call;
    call.set_type(mesos::v1::scheduler::Call::REVIVE);
    call.mutable_revive();
    QCOMPARE(toJson(call), std::string(R"({"type":"REVIVE","revive":{}})"));
}

void TestJsonTranscoder::lastScalarWins()
{
    QCOMPARE(transcode<mesos::v1::TaskID>(std::string("\x0A\x01"
                                                      "a"
                                                      "\x0A\x01"
                                                      "b")),
             std::string(R"({"value":"b"})"));
    QCOMPARE(transcode<mesos::v1::Port>(std::string("\x08\x01\x08\x02")).substr(0, 11),
             std::string(R"({"number":2)"));
}

void TestJsonTranscoder::singularMessagesMerge()
{
    mesos::v1::scheduler::Call first;
    first.mutable_kill()->mutable_task_id()->set_value("t");
    mesos::v1::scheduler::Call second;
    second.mutable_kill()->mutable_agent_id()->set_value("a");
    mesos::v1::scheduler::Call other;
    other.set_type(mesos::v1::scheduler::Call::KILL);
    const std::string bytes = first.SerializePartialAsString() + other.SerializePartialAsString()
        + second.SerializePartialAsString();
    QCOMPARE(transcode<mesos::v1::scheduler::Call>(bytes),
             std::string(
                 R"({"type":"KILL","kill":{"task_id":{"value":"t"},"agent_id":{"value":"a"}}})"));
}

void TestJsonTranscoder::interleavedLists()
{
    mesos::v1::CommandInfo argument;
    argument.add_arguments("x");
    mesos::v1::CommandInfo uri;
    uri.add_uris()->set_value("u");
    const std::string a = argument.SerializeAsString();
    const std::string u = uri.SerializeAsString();
    QCOMPARE(
        transcode<mesos::v1::CommandInfo>(a + u + a + u),
        std::string(
            R"({"uris":[{"value":"u","extract":true},{"value":"u","extract":true}],"shell":true,"arguments":["x","x"]})"));
}

void TestJsonTranscoder::packedAndUnpacked()
{
    // no message of Mesos has a list of numbers; protobuf's own descriptors do
    const auto *type =
        google::protobuf::SourceCodeInfo::Location::descriptor(); // path = 1 is a list of int32
    const std::string packed("\x0A\x02\x01\x02", 4);
    const std::string unpacked("\x08\x03\x08\x04", 4);
    QCOMPARE(transcode(type, packed + unpacked + packed), std::string(R"({"path":[1,2,3,4,1,2]})"));
    QCOMPARE(transcode(type, std::string("\x0A\x00", 2)), std::string("{}"));
}

void TestJsonTranscoder::mapsAreSortedAndLastKeyWins()
{
    mesos::v1::TaskInfo first;
    (*first.mutable_limits())["mem"].set_value(1);
    (*first.mutable_limits())["cpus"].set_value(2);
    mesos::v1::TaskInfo second;
    (*second.mutable_limits())["mem"].set_value(3);
    const std::string bytes = first.SerializePartialAsString() + second.SerializePartialAsString();
    QCOMPARE(transcode<mesos::v1::TaskInfo>(bytes),
             std::string(R"({"limits":{"cpus":{"value":2.0},"mem":{"value":3.0}}})"));
}

void TestJsonTranscoder::mapEntryWithoutValue()
{
    const std::string entry = "\x6A\x03\x0A\x01"
                              "r"; // field 13: an entry that has only its key
    QVERIFY(transcode<mesos::v1::FrameworkInfo>(entry).find(R"("offer_filters":{"r":{}})")
            != std::string::npos);
}

void TestJsonTranscoder::oneofKeepsTheLast()
{
    using Predicate = mesos::v1::scheduler::AttributeConstraint::Predicate;
    Predicate exists;
    exists.mutable_exists();
    Predicate equals;
    equals.mutable_text_equals()->set_value("x");
    QCOMPARE(transcode<Predicate>(exists.SerializeAsString() + equals.SerializeAsString()),
             std::string(R"({"text_equals":{"value":"x"}})"));
    QCOMPARE(transcode<Predicate>(equals.SerializeAsString() + exists.SerializeAsString()),
             std::string(R"({"exists":{}})"));
}

void TestJsonTranscoder::unknownFieldsAndEnumsAreNotThere()
{
    google::protobuf::UnknownFieldSet unknown;
    unknown.AddVarint(900, 1);
    unknown.AddLengthDelimited(901, "bytes");
    unknown.AddFixed32(902, 1);
    unknown.AddFixed64(20000, 1);
    unknown.AddGroup(903)->AddGroup(904)->AddVarint(1, 5);
    std::string bytes;
    QVERIFY(unknown.SerializeToString(&bytes));
    mesos::v1::TaskID id;
    id.set_value("t");
    QCOMPARE(transcode<mesos::v1::TaskID>(bytes + id.SerializeAsString()),
             std::string(R"({"value":"t"})"));
    // Call.type 999 is of no version we know
    QCOMPARE(transcode<mesos::v1::scheduler::Call>(std::string("\x10\xE7\x07")), std::string("{}"));
    // and it does not undo one that we do
    QCOMPARE(transcode<mesos::v1::scheduler::Call>(std::string("\x10\x02\x10\xE7\x07")),
             std::string(R"({"type":"TEARDOWN"})"));
}

void TestJsonTranscoder::wrongWireTypeIsUnknown()
{
    QCOMPARE(transcode<mesos::v1::TaskID>(std::string("\x08\x05")), std::string("{}"));
    QCOMPARE(transcode<mesos::v1::Value::Scalar>(std::string("\x0A\x01x")), std::string("{}"));
}

void TestJsonTranscoder::durationIsAPlainMessage()
{
    mesos::v1::master::Call::DrainAgent drain;
    drain.mutable_agent_id()->set_value("a");
    drain.mutable_max_grace_period()->set_seconds(90);
    QCOMPARE(
        toJson(drain),
        std::string(
            R"({"agent_id":{"value":"a"},"max_grace_period":{"seconds":90},"mark_gone":false})"));
}

void TestJsonTranscoder::negativeNumbers()
{
    mesos::v1::DurationInfo duration;
    duration.set_nanoseconds(-1);
    QCOMPARE(toJson(duration), std::string(R"({"nanoseconds":-1})"));
    mesos::v1::scheduler::Event::Failure failure;
    failure.set_status(-1);
    QCOMPARE(toJson(failure), std::string(R"({"status":-1})"));
}

void TestJsonTranscoder::operatorListsAreWrittenEmpty()
{
    using Response = mesos::v1::master::Response;
    QCOMPARE(toJson(Response::GetTasks()),
             std::string(R"({"tasks":[],"unreachable_tasks":[],"completed_tasks":[]})"));
    QCOMPARE(toJson(Response::GetAgents()), std::string(R"({"agents":[],"recovered_agents":[]})"));
    QCOMPARE(toJson(Response::GetFrameworks()),
             std::string(R"({"frameworks":[],"completed_frameworks":[]})"));
    QCOMPARE(toJson(Response::GetExecutors()), std::string(R"({"executors":[]})"));
    QCOMPARE(toJson(Response::GetOperations()), std::string("{}"));
    QCOMPARE(toJson(mesos::v1::agent::Response::GetExecutors()),
             std::string(R"({"executors":[],"completed_executors":[]})"));
}

void TestJsonTranscoder::refusesBrokenBytes_data()
{
    QTest::addColumn<std::string>("bytes");
    QTest::newRow("length past the end") << std::string("\x0A\x05"
                                                        "ab");
    QTest::newRow("cut varint") << std::string("\x0A\x80");
    QTest::newRow("tag without value") << std::string("\x0A");
    QTest::newRow("field number 0") << std::string("\x02\x00", 2);
    QTest::newRow("wire type 7") << std::string("\x0F\x00", 2);
    QTest::newRow("end of no group") << std::string("\x0C");
    QTest::newRow("group never ends") << std::string("\x1B\x08\x01");
    QTest::newRow("group ends as another") << std::string("\x1B\x24");
    QTest::newRow("endless varint") << std::string(11, '\xFF');
}

void TestJsonTranscoder::refusesBrokenBytes()
{
    QFETCH(std::string, bytes);
    QVERIFY(!mesos::v1::TaskID().ParsePartialFromString(bytes)); // protobuf agrees
    QCOMPARE(transcode<mesos::v1::TaskID>(bytes), std::string("refused"));
}

void TestJsonTranscoder::refusesDeepNesting()
{
    // ContainerID.parent is a ContainerID
    mesos::v1::ContainerID id;
    mesos::v1::ContainerID *innermost = &id;
    for (int i = 0; i < 99; ++i)
        innermost = innermost->mutable_parent();
    QVERIFY(transcode<mesos::v1::ContainerID>(id.SerializePartialAsString()) != "refused");
    innermost->mutable_parent();
    QCOMPARE(transcode<mesos::v1::ContainerID>(id.SerializePartialAsString()),
             std::string("refused"));
}

void TestJsonTranscoder::leavesTheOutputAloneWhenRefusing()
{
    std::string out = "kept";
    mesos::v1::TaskID id;
    id.set_value(std::string(20000, 'x'));
    QVERIFY(
        !transcodeToJson(mesos::v1::TaskID::descriptor(), id.SerializeAsString() + "\x0A", out));
    QCOMPARE(out, std::string("kept"));
}

void TestJsonTranscoder::agreesWithTheMessageOnShuffledWire_data()
{
    QTest::addColumn<int>("index");
    const auto types = samples::apiTypes();
    for (std::size_t i = 0; i < types.size(); ++i)
        QTest::newRow(types[i]->GetDescriptor()->full_name().c_str()) << static_cast<int>(i);
}

void TestJsonTranscoder::agreesWithTheMessageOnShuffledWire()
{
    QFETCH(int, index);
    const Message *type = samples::apiTypes()[static_cast<std::size_t>(index)];
    const std::unique_ptr<Message> message(type->New());
    samples::fill(*message, 3);
    const std::string shuffled = reversed(message->SerializePartialAsString());
    const std::unique_ptr<Message> parsed(type->New());
    QVERIFY(parsed->ParsePartialFromString(shuffled));
    QVERIFY(transcode(type->GetDescriptor(), shuffled) == toJson(*parsed));
}

QTEST_GUILESS_MAIN(TestJsonTranscoder)
#include "tst_json_transcoder.moc"
