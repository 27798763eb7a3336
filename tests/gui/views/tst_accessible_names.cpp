#include <QAbstractButton>
#include <QAbstractItemView>
#include <QAbstractScrollArea>
#include <QAccessible>
#include <QApplication>
#include <QHeaderView>
#include <QLineEdit>
#include <QScrollBar>
#include <QTabBar>
#include <QTest>

#include "gui/widgets/language.h"
#include "tests/gui/support/fresh_settings.h"
#include "tests/gui/support/gallery_stage.h"

using namespace meseta::console;

namespace {

/// Parts that Qt makes inside of others, which speak for them.
bool isPart(const QWidget *widget)
{
    const QString name = widget->objectName();
    return name.startsWith(QLatin1String("qt_")) || qobject_cast<const QScrollBar *>(widget)
        || qobject_cast<const QHeaderView *>(widget) || widget->inherits("QLineEditIconButton")
        || widget->inherits("QComboBoxListView")
        || (qobject_cast<const QLineEdit *>(widget)
            && (widget->parentWidget()->inherits("QAbstractSpinBox")
                || widget->parentWidget()->inherits("QComboBox")));
}

QString pathOf(const QWidget *widget)
{
    QStringList path;
    for (const QWidget *at = widget; at && path.size() < 4; at = at->parentWidget())
        path.prepend(at->objectName().isEmpty() ? QString::fromLatin1(at->metaObject()->className())
                                                : at->objectName());
    return path.join(QLatin1Char('/'));
}

QString spokenName(QWidget *widget)
{
    QAccessibleInterface *spoken = QAccessible::queryAccessibleInterface(widget);
    return spoken ? spoken->text(QAccessible::Name).trimmed() : QString();
}

/// What takes the focus or a click, and has no name that is spoken.
QStringList nameless(QWidget &root)
{
    QStringList found;
    QList<QWidget *> all = root.findChildren<QWidget *>();
    all.prepend(&root);
    for (QWidget *widget : std::as_const(all)) {
        if (!widget->isVisible() || isPart(widget))
            continue;
        const bool isButton = qobject_cast<QAbstractButton *>(widget);
        if (!isButton && (widget->focusPolicy() & Qt::TabFocus) == 0)
            continue;
        if (const auto *tabs = qobject_cast<QTabBar *>(widget)) {
            for (int tab = 0; tab < tabs->count(); ++tab) { // they are named, not their bar
                if (tabs->tabText(tab).trimmed().isEmpty())
                    found << pathOf(widget);
            }
            continue;
        }
        // An area that only scrolls what is in it.
        if (widget->inherits("QScrollArea") || widget == root.window())
            continue;
        if (spokenName(widget).isEmpty())
            found << pathOf(widget);
    }
    return found;
}

/// Buttons that only a mouse reaches.
QStringList mouseOnly(const QWidget &root)
{
    QStringList found;
    for (const QAbstractButton *button : root.findChildren<QAbstractButton *>()) {
        const bool isTabArrow = qobject_cast<const QTabBar *>(button->parentWidget());
        if (button->isVisible() && button->isEnabled() && !isPart(button) && !isTabArrow
            && (button->focusPolicy() & Qt::TabFocus) == 0 && button->shortcut().isEmpty())
            found << QLatin1String("only by mouse: ") + pathOf(button);
    }
    return found;
}

/// Where the Tab key goes up without going on to a column further right.
QStringList jumpsBack(QWidget &root)
{
    QStringList found;
    const auto isStop = [&root](const QWidget *widget) {
        return widget->window() == root.window() && widget->isVisible() && widget->isEnabled()
            && (widget->focusPolicy() & Qt::TabFocus) != 0 && !widget->focusProxy();
    };
    const auto placeOf = [&root](const QWidget *widget) {
        return QRect(widget->mapTo(root.window(), QPoint(0, 0)), widget->size());
    };
    QWidget *first = root.window();
    const QWidget *before = nullptr;
    for (QWidget *at = first->nextInFocusChain(); at != first; at = at->nextInFocusChain()) {
        if (!isStop(at))
            continue;
        if (before) {
            const QRect from = placeOf(before), to = placeOf(at);
            if (to.bottom() < from.top() && to.left() <= from.center().x())
                found << QStringLiteral("back from %1 to %2").arg(pathOf(before), pathOf(at));
        }
        before = at;
    }
    return found;
}

} // namespace

/// Everything that the keyboard reaches, on every page and in every dialog, has a name that a
/// screen reader speaks, in both languages; no button is the mouse's alone, and the Tab key goes
/// from top to bottom, column by column.
class AccessibleNamesTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void initTestCase();
    void cleanupTestCase() { Language::use(QStringLiteral("en")); }
    void everythingIsNamed_data();
    void everythingIsNamed();
};

void AccessibleNamesTest::initTestCase()
{
    useFreshSettings(QStringLiteral("tst_accessible_names"));
    QAccessible::setActive(true);
}

void AccessibleNamesTest::everythingIsNamed_data()
{
    QTest::addColumn<QString>("language");
    for (const QString &code : Language::codes())
        QTest::newRow(qPrintable(code)) << code;
}

void AccessibleNamesTest::everythingIsNamed()
{
    QFETCH(QString, language);
    Language::use(language);
    GalleryStage stage({2, 6, 2, 3}, {1400, 900});
    QStringList found = nameless(stage.window());
    QVERIFY(stage.open());
    int seen = 0;
    stage.walk([&](QWidget &widget, const QString &name) {
        ++seen;
        for (const QString &line : nameless(widget) + mouseOnly(widget) + jumpsBack(widget))
            found << name + QLatin1String(": ") + line;
    });
    QVERIFY2(seen > 35, qPrintable(QString::number(seen)));
    found.removeDuplicates();
    QVERIFY2(found.isEmpty(), qPrintable(QLatin1Char('\n') + found.join(QLatin1Char('\n'))));
}

QTEST_MAIN(AccessibleNamesTest)
#include "tst_accessible_names.moc"
