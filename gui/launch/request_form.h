#pragma once

#include <QWidget>

#include "gui/launch/launch_request.h"
#include "gui/model/rows.h"

class QCheckBox;
class QComboBox;
class QDoubleSpinBox;
class QFormLayout;
class QLineEdit;
class QPlainTextEdit;
class QSpinBox;
class QTabWidget;

namespace meseta::console {

class AmountEdit;
class Replica;

/// The fields of a launch, in tabs. Knows no network; tells what is asked for after each keystroke.
class RequestForm : public QWidget
{
    Q_OBJECT
public:
    explicit RequestForm(const Replica &replica, QWidget *parent = nullptr);

    LaunchRequest request() const;
    /// Fills the fields without telling `changed`.
    void setRequest(const LaunchRequest &request);
    /// What is wrong with a field as it is typed, before the request's own rules.
    std::optional<LaunchRequest::Problem> problem() const;
    /// The offer that it was dropped on: as long as its agent is the chosen one, the sliders reach
    /// to what it holds. Nothing: to what agents have free.
    void setOffer(const std::optional<OfferRow> &offer);
    /// That offer, while its agent is chosen.
    const OfferRow *offer() const;
    /// Brings the tab and the field with that name in front.
    void showField(const QString &field);

Q_SIGNALS:
    void changed();

private:
    QWidget *containerTab();
    QWidget *networkTab();
    QWidget *storageTab();
    QWidget *healthTab();
    QWidget *placementTab();
    void fillAgents();
    void boundAmounts();
    Amounts mostFree() const;
    void enableFields();
    void watch();
    void fillPlain(const LaunchRequest &request);
    void fillHealth(const LaunchRequest::HealthCheck &check);
    LaunchRequest::HealthCheck health() const;

    const Replica &m_replica;
    std::optional<OfferRow> m_offer; ///< as it was, for it may be gone by now
    LaunchRequest m_given; ///< keeps what the form has no field for
    bool m_filling = false;
    QTabWidget *m_tabs;
    QLineEdit *m_image;
    QLineEdit *m_name;
    QComboBox *m_containerizer;
    AmountEdit *m_cpus;
    AmountEdit *m_memory;
    AmountEdit *m_disk;
    QLineEdit *m_command;
    QCheckBox *m_shell;
    QPlainTextEdit *m_environment;
    QLineEdit *m_user;
    QCheckBox *m_privileged;
    QCheckBox *m_forcePull;
    QComboBox *m_network;
    QLineEdit *m_networkName;
    QLineEdit *m_ports;
    QLineEdit *m_hostname;
    QPlainTextEdit *m_volumes;
    QPlainTextEdit *m_parameters;
    QComboBox *m_healthKind;
    QLineEdit *m_healthCommand;
    QSpinBox *m_healthPort;
    QLineEdit *m_healthPath;
    QDoubleSpinBox *m_interval;
    QDoubleSpinBox *m_timeout;
    QDoubleSpinBox *m_grace;
    QSpinBox *m_failures;
    QSpinBox *m_instances;
    QComboBox *m_agent;
    QLineEdit *m_role;
    QCheckBox *m_reserve;
    QPlainTextEdit *m_constraints;
};

} // namespace meseta::console
