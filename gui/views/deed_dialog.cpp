#include "gui/views/deed_dialog.h"

#include <QDialogButtonBox>
#include <QLabel>
#include <QListWidget>
#include <QPushButton>
#include <QVBoxLayout>

#include "gui/widgets/theme.h"

namespace meseta::console {

namespace {

constexpr qsizetype listedNames = 500;

} // namespace

DeedDialog::DeedDialog(const BlastRadius &radius, QWidget *parent)
    : QDialog(parent), m_radius(radius)
{
    setWindowTitle(radius.verb);
    const auto label = [](const QString &text) {
        auto *made = new QLabel(text);
        made->setTextFormat(Qt::PlainText);
        made->setWordWrap(true);
        return made;
    };
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(Theme::Wide, Theme::Wide, Theme::Wide, Theme::Large);
    column->setSpacing(Theme::Medium);
    QLabel *question = label(radius.question);
    question->setFont(Theme::titleFont());
    column->addWidget(question);
    column->addWidget(label(radius.consequence));
    QStringList touched;
    if (!radius.tasks.isEmpty())
        touched << tr("%n task(s)", nullptr, static_cast<int>(radius.tasks.size()));
    if (!radius.offers.isEmpty())
        touched << tr("%n outstanding offer(s)", nullptr, static_cast<int>(radius.offers.size()));
    QLabel *summary =
        label(touched.isEmpty() ? tr("No task and no offer is touched.")
                                : tr("Touched: %1.").arg(touched.join(QLatin1String(", "))));
    summary->setObjectName(QStringLiteral("touched"));
    summary->setFont(Theme::headingFont());
    column->addWidget(summary);
    if (!radius.names.isEmpty()) {
        auto *list = new QListWidget;
        list->setAccessibleName(tr("Tasks that are touched"));
        list->addItems(radius.names.mid(0, listedNames));
        if (radius.names.size() > listedNames)
            list->addItem(
                tr("and %n more", nullptr, static_cast<int>(radius.names.size() - listedNames)));
        list->setMaximumHeight(180);
        list->setSelectionMode(QAbstractItemView::NoSelection);
        column->addWidget(list);
    }
    auto *buttons = new QDialogButtonBox(QDialogButtonBox::Cancel);
    auto *go = buttons->addButton(radius.verb, QDialogButtonBox::AcceptRole);
    go->setObjectName(QStringLiteral("go"));
    go->setProperty("danger", true);
    go->setAutoDefault(false);
    buttons->button(QDialogButtonBox::Cancel)->setDefault(true);
    column->addWidget(buttons);
    setMinimumWidth(460);
    connect(buttons, &QDialogButtonBox::accepted, this, &QDialog::accept);
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
}

} // namespace meseta::console
