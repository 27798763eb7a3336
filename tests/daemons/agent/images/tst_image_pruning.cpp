#include <QDir>
#include <QTemporaryDir>
#include <QTest>

#include "daemons/agent/images/pull/image_catalog.h"
#include "tests/daemons/agent/images/fake_registry.h"
#include "tests/daemons/agent/images/provisioner_fixture.h"
#include "tests/support/results.h"

using namespace meseta;
using namespace meseta::agent;

/// Unused images are removed between two steps of a pull: nothing that the pull counts on goes.
class TestImagePruning : public QObject
{
    Q_OBJECT

    /// An image of layers that are in the store already.
    class Known final : public ImageArrival
    {
    public:
        Known(std::string name, LayerStore &store, LayerArrivals &layers, std::vector<Digest> ids)
            : ImageArrival(std::move(name), store, layers), m_ids(std::move(ids))
        { }

    private:
        void findContents() override
        {
            std::vector<LayerOrder> orders;
            for (const auto &id : m_ids)
                orders.push_back({id, {}, nullptr, nullptr, 0, 0, false});
            contentsFound("{}", "sha256:00", std::move(orders));
        }

        std::vector<Digest> m_ids;
    };

    static Digest layer(char digit) { return *Digest::parse("sha256:" + std::string(64, digit)); }

    /// A layer with the folder `shared`, which may be there for a file in it only.
    static Result<> install(LayerStore &store, const Digest &id, bool implied)
    {
        const auto staged = store.stage();
        if (!staged)
            return fail(staged.error());
        QDir(QString::fromStdString(*staged)).mkpath(QStringLiteral("rootfs/shared"));
        LayerNote note;
        if (implied)
            note.impliedFolders = {"shared"};
        return store.install(*staged, id.fileName(), note);
    }

    static bool hasFolderLayer(const LayerStore &store)
    {
        const auto layers = store.layers();
        return std::any_of(layers.begin(), layers.end(),
                           [](const auto &id) { return id.starts_with("folders-"); });
    }

private Q_SLOTS:
    void aPinHoldsALayer()
    {
        const QTemporaryDir folder;
        const auto store = LayerStore::open(folder.path().toStdString(), "docker_store_dir");
        VERIFY_OK(store);
        LayerStore &layers = **store;
        const std::string id = layer('a').fileName();
        LayerPin first = layers.pin(id), second = layers.pin(id);
        VERIFY_OK(install(layers, layer('a'), false));
        first.reset();
        auto retired = layers.retire(id);
        VERIFY_OK(retired);
        QVERIFY(!*retired);
        QVERIFY(layers.holds(id));
        QCOMPARE(namesIn(layers.folder() + "/staging").size(), std::size_t(0));
        second.reset();
        retired = layers.retire(id);
        VERIFY_OK(retired);
        QVERIFY(*retired);
        QVERIFY(!layers.holds(id));
    }

    // The layer of folders is made on a worker, and known to the pull only when that has reported.
    void theLayerOfFoldersStaysUntilTheImageCounts()
    {
        const QTemporaryDir folder;
        const auto catalog =
            ImageCatalog::open(folder.path().toStdString(), "docker_store_dir", {});
        VERIFY_OK(catalog);
        ImageCatalog &images = **catalog;
        VERIFY_OK(install(images.store(), layer('a'), false));
        VERIFY_OK(install(images.store(), layer('b'), true));
        std::optional<Result<ImageRecord>> pulled;
        const auto factory = [&images]() -> Result<std::unique_ptr<ImageArrival>> {
            return std::make_unique<Known>("app", images.store(), images.arrivals(),
                                           std::vector{layer('a'), layer('b')});
        };
        images.obtain({"app", {}, factory},
                      {[](const ArrivalFigures &) {},
                       [&pulled](Result<ImageRecord> record) { pulled = std::move(record); }});

        QDeadlineTimer patience(30000); // without events: the report stays in the queue
        while (!hasFolderLayer(images.store()) && !patience.hasExpired())
            QThread::yieldCurrentThread();
        const auto pruned = images.prune({}, {});
        VERIFY_OK(pruned);
        QCOMPARE(pruned->folders.size(), std::size_t(0));
        QVERIFY(!pulled);

        QTRY_VERIFY_WITH_TIMEOUT(pulled, 20000);
        VERIFY_OK(*pulled);
        QCOMPARE((*pulled)->layers.size(), std::size_t(3));
        for (const auto &id : (*pulled)->layers)
            QVERIFY2(images.store().holds(id), id.c_str());
        const auto afterwards = images.prune({}, {});
        VERIFY_OK(afterwards);
        QCOMPARE(afterwards->folders.size(), std::size_t(3)); // nobody needs them any more
    }

    // How a pull ended is told later; whoever comes after its last waiter has left waits for one of
    // their own.
    void anEndThatNobodyWaitsForIsNobodyElses()
    {
        const QTemporaryDir folder;
        const auto catalog =
            ImageCatalog::open(folder.path().toStdString(), "docker_store_dir", {});
        VERIFY_OK(catalog);
        ImageCatalog &images = **catalog;
        VERIFY_OK(install(images.store(), layer('a'), false));
        const ImageCatalog::Factory failing = []() -> Result<std::unique_ptr<ImageArrival>> {
            return fail("of the first");
        };
        const ImageCatalog::Factory good = [&images]() -> Result<std::unique_ptr<ImageArrival>> {
            return std::make_unique<Known>("app", images.store(), images.arrivals(),
                                           std::vector{layer('a')});
        };
        std::optional<Result<ImageRecord>> first, second;
        const auto waiter = [](std::optional<Result<ImageRecord>> &into) {
            return ImageCatalog::Waiter{
                [](const ArrivalFigures &) {},
                [&into](Result<ImageRecord> record) { into = std::move(record); }};
        };
        const auto ticket = images.obtain({"app", {}, failing}, waiter(first));
        images.leave(ticket); // its end is on the way already
        images.obtain({"app", {}, good}, waiter(second));
        QTRY_VERIFY_WITH_TIMEOUT(second, 20000);
        VERIFY_OK(*second);
        QVERIFY(!first);
    }

    // An appc image that the store has is taken from there; what it depends on still has to come.
    void anAppcImageStaysWhileItsDependencyComes()
    {
        const auto aci = [](const QByteArray &name, const QByteArray &dependencies) {
            return TarBuilder()
                .folder("rootfs")
                .file("rootfs/" + name, name)
                .file("manifest",
                      "{\"acKind\":\"ImageManifest\",\"acVersion\":\"0.8.11\",\"name\":\"" + name
                          + "\",\"dependencies\":[" + dependencies + "]}")
                .plain();
        };
        const auto on = [](const QByteArray &name, const QByteArray &id) {
            return "{\"imageName\":\"" + name + "\",\"imageID\":\"" + id + "\"}";
        };
        const auto idOf = [](const QByteArray &archive) {
            return QByteArray::fromStdString(digestOf(archive.toStdString(), "sha512").fileName());
        };
        const QByteArray base = aci("base", {});
        const QByteArray app = aci("app", on("base", idOf(base)));
        const std::map<QByteArray, QByteArray> files{
            {"/base-latest-linux-amd64.aci", base},
            {"/app-latest-linux-amd64.aci", app},
            {"/outer-latest-linux-amd64.aci", aci("outer", on("app", idOf(app)))}};
        FakeRegistry server;
        std::function<void()> whenBaseIsAsked = [] {};
        server.filter = [&](const http::Request &request, const auto &responder) {
            if (request.path.startsWith("/base"))
                whenBaseIsAsked();
            responder->send(http::Response::ok(files.at(request.path), "application/octet-stream"));
            return true;
        };
        ProvisionerFixture scene;
        scene.options.docker = false;
        scene.options.appc = true;
        scene.options.backend = "copy";
        scene.options.appcPrefix = server.url().toStdString() + "/";
        VERIFY_OK(scene.start());
        const auto image = [](const char *name, const QByteArray &id) {
            mesos::v1::Image wanted;
            wanted.set_type(mesos::v1::Image::APPC);
            wanted.mutable_appc()->set_name(name);
            if (!id.isEmpty())
                wanted.mutable_appc()->set_id(id.toStdString());
            for (const auto &[key, value] :
                 {std::pair{"os", "linux"}, std::pair{"arch", "amd64"}}) {
                auto *label = wanted.mutable_appc()->mutable_labels()->add_labels();
                label->set_key(key);
                label->set_value(value);
            }
            return wanted;
        };
        VERIFY_OK(scene.provision("c1", image("outer", {})));
        VERIFY_OK(scene.destroy("c1"));
        QVERIFY(QDir(QString::fromStdString(scene.options.appcStoreDir + "/layers/")
                     + QString::fromLatin1(idOf(base)))
                    .removeRecursively()); // so that it is asked for again
        int pruned = 0;
        whenBaseIsAsked = [&] {
            scene.provisioner->prune({}, [&pruned](const Result<PruneOutcome> &outcome) {
                pruned = outcome ? outcome->layers : -1;
            });
        };
        const auto again = scene.provision("c2", image("app", idOf(app)));
        VERIFY_OK(again);
        QTRY_COMPARE_WITH_TIMEOUT(pruned, 1, 20000); // the outer one alone
        QVERIFY(QFile::exists(QString::fromStdString(again->rootfs) + QStringLiteral("/app")));
        QVERIFY(QFile::exists(QString::fromStdString(again->rootfs) + QStringLiteral("/base")));
    }
};

QTEST_GUILESS_MAIN(TestImagePruning)
#include "tst_image_pruning.moc"
